import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { SessionCookie } from '../../platform/credentials/session-cookie.js';
import { sessionCookie } from '../../platform/credentials/session-cookie.js';
import { Fault } from '../../platform/faults/fault.js';
import { openSession } from '../../platform/http/access.guard.js';
import { infoOf } from '../../platform/http/public-route.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { toFault } from '../../platform/http/to-fault.js';
import { AccountsService } from '../identity/accounts.service.js';
import { LoginService } from '../identity/login.service.js';
import { InviteAcceptanceService } from '../invites/invite-acceptance.service.js';
import { FORM_ROUTE, formOf, refuseOtherPages } from '../../platform/http/form-route.js';
import { localPath } from './local-path.js';
import type { Page } from '../../platform/http/page.js';
import { PAGE_CSP, htmlOfPage } from '../../platform/http/page.js';
import { OidcSignIn } from './oidc-sign-in.service.js';
import {
  acceptPage,
  donePage,
  forgottenPage,
  invitePage,
  resetPage,
  signedInPage,
  signInPage,
  verifyPage,
} from './pages.js';

type Values = Readonly<Record<string, string>>;

interface Visit {
  readonly request: ApiRequest;
  readonly reply: FastifyReply;
  /** The query of a GET, the form of a POST. */
  readonly values: Values;
}

/** A page, or a path to go to. */
type Outcome = { readonly page: Page; readonly status?: number } | { readonly goTo: string };

/**
 * The pages that mail leads to and that let people sign in. They work without scripts. A GET changes nothing: mail programs
 * open links to look at them.
 */
@Injectable()
export class AccountPages {
  readonly #logger = new Logger(AccountPages.name);
  readonly #cookie: SessionCookie;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly logins: LoginService,
    private readonly accounts: AccountsService,
    private readonly invites: InviteAcceptanceService,
    private readonly oidc: OidcSignIn,
  ) {
    this.#cookie = sessionCookie(config);
  }

  install(server: FastifyInstance): void {
    this.#route(server, '/sign-in', this.showSignIn, this.signIn);
    if (this.oidc.settings) {
      this.#show(server, '/sign-in/oidc', this.beginOidc);
      this.#show(server, '/sign-in/callback', this.finishOidc);
    }
    this.#route(server, '/sign-out', this.showSignIn, this.signOut);
    this.#route(server, '/verify', this.showVerify, this.verify);
    this.#route(server, '/reset', this.showReset, this.reset);
    this.#route(server, '/invite', this.showInvite, this.accept);
  }

  readonly showSignIn = async ({ request, values }: Visit): Promise<Outcome> => {
    const next = localPath(values.next);
    if (!request.state.identity) return { page: signInPage({ next, provider: this.oidc.settings?.name }) };
    return next === '/' ? { page: signedInPage() } : { goTo: next };
  };

  readonly signIn = async ({ request, reply, values }: Visit): Promise<Outcome> => {
    const { email = '', password = '', code } = values;
    const next = localPath(values.next);
    try {
      const token = await this.logins.loginBrowser(
        { email, password, ...(code === undefined ? {} : { code }) },
        infoOf(request),
      );
      reply.header('set-cookie', this.#cookie.write(token));
    } catch (error) {
      const fault = faultOf(error);
      const asksForCode = code !== undefined || fault.code === 'SECOND_FACTOR_REQUIRED';
      return {
        page: signInPage({
          next,
          email,
          asksForCode,
          problem: problemOf(fault),
          provider: this.oidc.settings?.name,
        }),
        status: fault.status,
      };
    }
    return { goTo: next };
  };

  readonly beginOidc = async ({ reply, values }: Visit): Promise<Outcome> => {
    const { url, cookie } = await this.oidc.begin(localPath(values.next));
    reply.header('set-cookie', cookie);
    return { goTo: url };
  };

  readonly finishOidc = async ({ request, reply }: Visit): Promise<Outcome> => {
    const query = request.url.slice(request.url.indexOf('?'));
    reply.header('set-cookie', this.oidc.forgetting);
    const { token, next } = await this.oidc.finish(query, request.headers, infoOf(request));
    reply.header('set-cookie', [this.oidc.forgetting, this.#cookie.write(token)]);
    return { goTo: next };
  };

  readonly signOut = async ({ request, reply }: Visit): Promise<Outcome> => {
    const token = this.#cookie.read(request.headers);
    if (token !== null) await this.logins.logoutBrowser(token);
    reply.header('set-cookie', this.#cookie.write(null));
    return { goTo: '/sign-in' };
  };

  readonly showVerify = async ({ values }: Visit): Promise<Outcome> => ({ page: verifyPage(values.code ?? '') });

  readonly verify = async ({ values: { code = '' } }: Visit): Promise<Outcome> => {
    try {
      await this.accounts.verifyEmail({ token: code });
    } catch (error) {
      const fault = faultOf(error);
      return { page: verifyPage(code, problemOf(fault)), status: fault.status };
    }
    return { page: donePage('Your e-mail address is verified') };
  };

  readonly showReset = async ({ values: { code } }: Visit): Promise<Outcome> => ({
    page: code === undefined ? forgottenPage() : resetPage(code),
  });

  readonly reset = async ({ values }: Visit): Promise<Outcome> => {
    const { code, email = '', password = '' } = values;
    try {
      if (code === undefined) {
        await this.accounts.forgotPassword({ email });
        return { page: donePage('Look into your mailbox', 'If the address has an account, a link is on its way.') };
      }
      await this.accounts.resetPassword({ token: code, newPassword: password });
    } catch (error) {
      const fault = faultOf(error);
      const page = code === undefined ? forgottenPage(email, problemOf(fault)) : resetPage(code, problemOf(fault));
      return { page, status: fault.status };
    }
    return { page: donePage('Your password is changed', 'Every session that was open has ended.') };
  };

  readonly showInvite = async ({ request, values: { code = '' } }: Visit): Promise<Outcome> => {
    const invite = await this.invites.find(code);
    if (!invite) return { page: donePage('This invitation is not valid any more'), status: 404 };
    if (request.state.identity) return { page: acceptPage(code, invite) };
    return { page: invitePage({ code, invite, registration: this.config.registration }) };
  };

  readonly accept = async (visit: Visit): Promise<Outcome> => {
    const { request, reply, values } = visit;
    const { code = '', name = '', password = '' } = values;
    const { identity } = request.state;
    try {
      if (identity) await this.invites.accept(openSession(identity, request), { token: code });
      else {
        const { userId } = await this.invites.join({ token: code, name, password });
        reply.header('set-cookie', this.#cookie.write(await this.logins.startBrowser(userId, infoOf(request))));
      }
    } catch (error) {
      const fault = faultOf(error);
      const invite = await this.invites.find(code);
      if (!invite) return { page: donePage('This invitation is not valid any more'), status: fault.status };
      const problem = problemOf(fault);
      const page = identity
        ? acceptPage(code, invite, problem)
        : invitePage({ code, invite, name, problem, registration: this.config.registration });
      return { page, status: fault.status };
    }
    return { page: donePage('Welcome', 'You have joined. You can close this page.') };
  };

  #route(
    server: FastifyInstance,
    path: string,
    show: (visit: Visit) => Promise<Outcome>,
    act: (visit: Visit) => Promise<Outcome>,
  ): void {
    this.#show(server, path, show);
    server.post(path, FORM_ROUTE, (request, reply) =>
      this.#answer(reply, () => {
        refuseOtherPages(request);
        const values = textsOf(Object.fromEntries(formOf(request)));
        return act({ request, reply, values });
      }),
    );
  }

  #show(server: FastifyInstance, path: string, show: (visit: Visit) => Promise<Outcome>): void {
    server.get(path, { config: { isPublic: true } }, (request, reply) =>
      this.#answer(reply, () => show({ request, reply, values: textsOf(request.query) })),
    );
  }

  async #answer(reply: FastifyReply, run: () => Promise<Outcome>): Promise<FastifyReply> {
    // With no-referrer, browsers would send "Origin: null" with the forms.
    reply.header('referrer-policy', 'same-origin').header('content-security-policy', PAGE_CSP);
    const outcome = await run().catch((error: unknown) => {
      const fault = toFault(error);
      if (fault.status >= 500) this.#logger.error({ error: fault.cause ?? error }, fault.detail);
      reply.headers(fault.headers);
      return failurePage(fault);
    });
    if ('goTo' in outcome) return reply.redirect(outcome.goTo, 303);
    const { page, status = 200 } = outcome;
    return reply.code(status).type('text/html; charset=utf-8').send(htmlOfPage(page));
  }
}

function failurePage({ status, detail }: Fault): Outcome {
  return { page: { title: 'This did not work', paragraphs: [], problem: detail }, status };
}

function textsOf(given: unknown): Values {
  return Object.fromEntries(
    Object.entries((given ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

function faultOf(error: unknown): Fault {
  const fault = toFault(error);
  if (fault.status >= 500) throw fault;
  return fault;
}

const problemOf = ({ detail, errors }: Fault): string =>
  errors.length === 0 ? detail : errors.map(({ message }) => message).join(' ');
