import type { FastifyReply, FastifyRequest } from 'fastify';
import type { InteractionResults, default as Provider } from 'oidc-provider';
import type { Identity } from '../../platform/auth/identity.js';
import { Fault } from '../../platform/faults/fault.js';
import { openSession } from '../../platform/http/access.guard.js';
import { formOf, refuseOtherPages } from '../../platform/http/form-route.js';
import type { Page } from '../../platform/http/page.js';
import { PAGE_CSP, pageCsp } from '../../platform/http/page.js';
import type { ProfileService } from '../identity/profile.service.js';
import { targetOf } from './client-metadata.js';
import type { OauthGrantsService } from './oauth-grants.service.js';
import { GRANT_SECONDS } from './oauth-provider.js';
import { CONSENT_PATH } from './oauth-paths.js';
import { grantableScopes } from './oauth-scopes.js';
import { consentPage } from './oauth.pages.js';

/** A page, or where to go. */
export type Outcome =
  { readonly page: Page; readonly csp?: string; readonly status?: number } | { readonly goTo: string };

interface ConsentOptions {
  readonly provider: Provider;
  readonly permissions: ReadonlySet<string>;
  readonly toolsResource: string;
  readonly grants: OauthGrantsService;
  readonly profiles: ProfileService;
}

/** The request of a client that waits for the answer of a user. */
interface Asked {
  readonly uid: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly redirectUri: string | null;
  readonly resource: string | readonly string[];
  readonly scopes: readonly string[];
}

const CLIENT_NAME_MAX = 200;
const CLIENT_ID_MAX = 500;

/** The user who is signed in with this browser. A key that a program sends agrees to nothing. */
export function browserIdentity(request: FastifyRequest): Identity | null {
  const { identity } = request.state;
  return identity?.isAmbient === true && identity.scopes === null ? identity : null;
}

/** Asks the user whether a client may act for them. */
export class OauthConsent {
  constructor(private readonly options: ConsentOptions) {}

  async show(request: FastifyRequest, reply: FastifyReply): Promise<Outcome> {
    const asked = await this.#asked(request, reply);
    const identity = browserIdentity(request);
    if (!identity) return { goTo: `/sign-in?next=${encodeURIComponent(`${CONSENT_PATH}/${asked.uid}`)}` };
    return this.#decide(request, reply, asked, identity);
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<Outcome> {
    refuseOtherPages(request);
    const asked = await this.#asked(request, reply);
    const identity = browserIdentity(request);
    if (!identity) throw new Fault('UNAUTHENTICATED', 'Sign in first.');
    const form = formOf(request);
    if (form.get('deny') === 'yes') return this.#finish(request, reply, denied('access_denied', 'The user refused.'));
    const ticked = form.getAll('scope');
    const scopes = this.#offered(asked, identity).filter((scope) => ticked.includes(scope));
    if (scopes.length === 0) return this.#page(request, asked, identity, 'Tick at least one, or refuse.');
    const resource = String(asked.resource).replace(/\/$/, '');
    const grantId = await this.options.grants.allow(openSession(identity, request), {
      clientId: asked.clientId,
      clientName: asked.clientName,
      resource,
      scopes,
      expiresAt: new Date(Date.now() + GRANT_SECONDS * 1000),
    });
    await this.#keepClient(asked.clientId);
    return this.#finish(request, reply, { login: { accountId: identity.userId }, consent: { grantId } });
  }

  #decide(request: FastifyRequest, reply: FastifyReply, asked: Asked, identity: Identity): Promise<Outcome> {
    if (Array.isArray(asked.resource)) {
      return this.#finish(request, reply, denied('invalid_target', 'Ask for one resource at a time.'));
    }
    if (this.#offered(asked, identity).length > 0) return this.#page(request, asked, identity);
    const detail = asked.scopes.length === 0 ? 'Name the scopes.' : 'The user has none of these permissions.';
    return this.#finish(request, reply, denied('invalid_scope', detail));
  }

  #offered({ scopes }: Asked, { permissions }: Identity): readonly string[] {
    return grantableScopes(scopes, this.options.permissions, permissions);
  }

  async #page(request: FastifyRequest, asked: Asked, identity: Identity, problem?: string): Promise<Outcome> {
    const target = asked.redirectUri === null ? null : targetOf(asked.redirectUri);
    const profile = await this.options.profiles.get(openSession(identity, request));
    const page = consentPage({
      action: `${CONSENT_PATH}/${asked.uid}`,
      client: asked.clientName,
      target: target?.name ?? null,
      user: (JSON.parse(profile) as { email: string }).email,
      scopes: this.#offered(asked, identity),
      isTools: asked.resource === this.options.toolsResource,
      ...(problem === undefined ? {} : { problem }),
    });
    const status = problem === undefined ? 200 : 422;
    return { page, status, csp: target === null ? PAGE_CSP : pageCsp(target.source) };
  }

  async #asked(request: FastifyRequest, reply: FastifyReply): Promise<Asked> {
    const { provider } = this.options;
    const { uid, params } = await provider.interactionDetails(request.raw, reply.raw).catch((cause: unknown) => {
      throw new Fault('NOT_FOUND', 'This request has expired. Start again in the program that sent you here.', {
        cause,
      });
    });
    const clientId = String(params['client_id']);
    const client = await provider.Client.find(clientId);
    const scope = params['scope'];
    if (!client || clientId.length > CLIENT_ID_MAX) throw new Fault('NOT_FOUND', 'There is no such client.');
    return {
      uid,
      clientId,
      clientName: (client.clientName ?? clientId).slice(0, CLIENT_NAME_MAX),
      redirectUri: typeof params['redirect_uri'] === 'string' ? params['redirect_uri'] : null,
      resource: params['resource'] as string | string[],
      scopes: typeof scope === 'string' ? scope.split(' ') : [],
    };
  }

  async #finish(request: FastifyRequest, reply: FastifyReply, result: InteractionResults): Promise<Outcome> {
    return { goTo: await this.options.provider.interactionResult(request.raw, reply.raw, result) };
  }

  /** A client that registered itself stays as long as what was allowed to it. */
  async #keepClient(clientId: string): Promise<void> {
    const { adapter } = this.options.provider.Client as unknown as { adapter: ClientAdapter };
    const stored = await adapter.find(clientId);
    if (stored) await adapter.upsert(clientId, stored, GRANT_SECONDS);
  }
}

interface ClientAdapter {
  find(id: string): Promise<object | undefined>;
  upsert(id: string, payload: object, expiresIn: number): Promise<void>;
}

const denied = (error: string, detail: string): InteractionResults => ({ error, error_description: detail });
