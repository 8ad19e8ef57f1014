import type { OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { default as Provider } from 'oidc-provider';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { OauthConfig } from '../../platform/config/oauth-config.js';
import { Database } from '../../platform/database/database.js';
import { infoOf } from '../../platform/http/public-route.js';
import { toFault } from '../../platform/http/to-fault.js';
import { OperationRegistry } from '../../platform/operations/registry.js';
import { OutboundClient } from '../../platform/outbound/outbound-client.js';
import { FORM_ROUTE, refuseOtherPages } from '../../platform/http/form-route.js';
import { htmlOfPage, PAGE_CSP } from '../../platform/http/page.js';
import { ProfileService } from '../identity/profile.service.js';
import { documentFetcher } from './client-documents.js';
import { ClientProblem, clientOf } from './client-metadata.js';
import type { Outcome } from './oauth-consent.js';
import { browserIdentity, OauthConsent } from './oauth-consent.js';
import { OauthGrantsService } from './oauth-grants.service.js';
import { METADATA_PATHS, resourceMetadata, serverMetadata } from './oauth-metadata.js';
import type { Passed } from './oauth-paths.js';
import { CONSENT_PATH, PATHS } from './oauth-paths.js';
import { openProvider } from './oauth-provider.js';
import { EVERYTHING } from './oauth-scopes.js';
import { refusedPage } from './oauth.pages.js';

const PUBLIC = { config: { isPublic: true } };
const JSON_ROUTE = { config: { isPublic: true, textBody: 16 * 1024 } };
const DOCUMENT_TIMEOUTS = { connectMs: 2_000, headersMs: 3_000, bodyMs: 2_000, totalMs: 5_000 };
const METADATA_SECONDS = 300;
/** The library's own session. A request begins without one, so that nothing of an earlier user is left in it. */
const LIBRARY_SESSION = /(^|; *)taskmaster_oauth(\.sig)?=[^;]*/g;

const NOTHING_PASSED: Passed = { ip: null, userAgent: null, userCode: '', exchangesForMs: null };

interface Open {
  readonly handle: (request: IncomingMessage, reply: FastifyReply['raw']) => void;
  readonly consent: OauthConsent;
}

/** The authorization server, on the server of the API. */
@Injectable()
export class OauthServer implements OnApplicationShutdown {
  readonly #logger = new Logger(OauthServer.name);
  readonly #passed = new WeakMap<IncomingMessage, Passed>();
  readonly #outbound: OutboundClient;
  #opened: Promise<Open> | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly operations: OperationRegistry,
    private readonly grants: OauthGrantsService,
    private readonly profiles: ProfileService,
  ) {
    const { allowPrivate, ports } = config.webhooks;
    this.#outbound = new OutboundClient({ allowPrivate, ports, timeouts: DOCUMENT_TIMEOUTS });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#outbound.close();
  }

  install(server: FastifyInstance): void {
    const { oauth } = this.config;
    if (!oauth) return;
    this.#publish(server, oauth);
    const pass = (request: FastifyRequest, reply: FastifyReply): Promise<void> => this.#pass(oauth, request, reply);
    server.get(PATHS.authorization, PUBLIC, pass);
    server.get(`${PATHS.authorization}/:uid`, PUBLIC, pass);
    for (const path of [PATHS.token, PATHS.revocation, PATHS.device_authorization]) server.post(path, FORM_ROUTE, pass);
    if (oauth.dynamicRegistration) server.post(PATHS.registration, JSON_ROUTE, this.#register(pass));
    this.#installDevice(server, pass);
    this.#installConsent(server, oauth);
  }

  /** Says where a client that has no valid token finds out how to get one (RFC 9728, 5.1). */
  #publish(server: FastifyInstance, oauth: OauthConfig): void {
    const documents = {
      [METADATA_PATHS.server]: () => serverMetadata(oauth, this.#permissions()),
      [METADATA_PATHS.api]: () => resourceMetadata(oauth.issuer, oauth, this.#permissions()),
      [METADATA_PATHS.tools]: () => resourceMetadata(oauth.toolsResource, oauth, this.#permissions()),
    };
    for (const [path, document] of Object.entries(documents)) {
      server.get(path, PUBLIC, (_request, reply) =>
        reply
          .headers({ 'cache-control': `public, max-age=${METADATA_SECONDS}`, 'access-control-allow-origin': '*' })
          .type('application/json')
          .send(JSON.stringify(document())),
      );
    }
    server.addHook('onSend', (request, reply, payload, done) => {
      const challenge = reply.getHeader('www-authenticate');
      if (reply.statusCode === 401 && typeof challenge === 'string') {
        const path = /^\/mcp(?![^/?])/.test(request.url) ? METADATA_PATHS.tools : METADATA_PATHS.api;
        reply.header('www-authenticate', `${challenge}, resource_metadata="${oauth.issuer}${path}"`);
      }
      done(null, payload);
    });
  }

  #installDevice(server: FastifyInstance, pass: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): void {
    const path = PATHS.code_verification;
    server.get(path, PUBLIC, (request, reply) =>
      browserIdentity(request) ? pass(request, reply) : reply.redirect(signInFor(request), 303),
    );
    server.post(path, FORM_ROUTE, (request, reply) => {
      refuseOtherPages(request);
      return browserIdentity(request) ? pass(request, reply) : reply.redirect(signInFor(request), 303);
    });
    server.get(`${path}/:uid`, PUBLIC, pass);
  }

  #installConsent(server: FastifyInstance, oauth: OauthConfig): void {
    const path = `${CONSENT_PATH}/:uid`;
    const answer = async (
      request: FastifyRequest,
      reply: FastifyReply,
      run: (consent: OauthConsent) => Promise<Outcome>,
    ): Promise<FastifyReply> => {
      reply.header('referrer-policy', 'same-origin');
      const outcome = await this.#open(oauth)
        .then(({ consent }) => {
          forLibrary(request.raw, oauth);
          return run(consent);
        })
        .catch((error: unknown) => this.#failed(error, reply));
      if ('goTo' in outcome) return reply.redirect(outcome.goTo, 303);
      const { page, csp = PAGE_CSP, status = 200 } = outcome;
      return reply
        .header('content-security-policy', csp)
        .code(status)
        .type('text/html; charset=utf-8')
        .send(htmlOfPage(page));
    };
    server.get(path, PUBLIC, (request, reply) => answer(request, reply, (consent) => consent.show(request, reply)));
    server.post(path, FORM_ROUTE, (request, reply) =>
      answer(request, reply, (consent) => consent.answer(request, reply)),
    );
  }

  #failed(error: unknown, reply: FastifyReply): Outcome {
    const fault = toFault(error);
    if (fault.status >= 500) this.#logger.error({ error: fault.cause ?? error }, fault.detail);
    reply.headers(fault.headers);
    return { page: refusedPage(fault.detail), status: fault.status };
  }

  #register(pass: (request: FastifyRequest, reply: FastifyReply) => Promise<void>) {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      try {
        request.body = JSON.stringify(clientOf(JSON.parse(String(request.body))));
      } catch (error) {
        const detail = error instanceof ClientProblem ? error.message : 'the body is not JSON';
        return reply.code(400).send({ error: 'invalid_client_metadata', error_description: detail });
      }
      return pass(request, reply);
    };
  }

  async #pass(oauth: OauthConfig, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { handle } = await this.#open(oauth);
    const { raw } = request;
    const userCode = (request.query as Record<string, unknown>)['user_code'];
    const { ip, userAgent } = infoOf(request);
    this.#passed.set(raw, {
      ip,
      userAgent,
      userCode: typeof userCode === 'string' ? userCode : '',
      exchangesForMs: request.routeOptions.url === PATHS.token ? () => reply.elapsedTime : null,
    });
    forLibrary(raw, oauth);
    if (request.routeOptions.url === PATHS.code_verification) {
      // The library would send a code in the URL on with a script, which the page does not allow.
      raw.url = PATHS.code_verification;
    }
    if (typeof request.body === 'string') readAgain(raw, request.body);
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    handle(raw, reply.raw);
  }

  #permissions(): ReadonlySet<string> {
    return new Set([...this.operations.permissions()].filter((one) => one !== EVERYTHING));
  }

  #open(oauth: OauthConfig): Promise<Open> {
    this.#opened ??= this.#load(oauth).catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #load(oauth: OauthConfig): Promise<Open> {
    const permissions = this.#permissions();
    const provider: Provider = await openProvider({
      oauth,
      permissions,
      secret: this.config.auth.jwtSecret,
      database: this.database,
      fetch: documentFetcher(this.#outbound),
      passed: (request) => this.#passed.get(request) ?? NOTHING_PASSED,
    });
    const failed = (error: unknown): void => this.#logger.error({ error }, 'an OAuth request failed');
    provider.on('server_error', (_context, error) => failed(error));
    (provider as EventEmitter).on('error', failed);
    const { grants, profiles } = this;
    const { toolsResource } = oauth;
    const consent = new OauthConsent({ provider, permissions, toolsResource, grants, profiles });
    return { consent, handle: provider.callback() as unknown as Open['handle'] };
  }
}

/** Gives the library the body to read, which has been read within the limits of the route. */
function readAgain(request: IncomingMessage, body: string): void {
  const iterator = (): Readable => Readable.from([Buffer.from(body)]);
  request.headers['content-length'] = String(Buffer.byteLength(body));
  Object.defineProperties(request, { readable: { value: true }, iterator: { value: iterator } });
}

/** Where to sign in before a device. */
const signInFor = ({ url }: FastifyRequest): string => `/sign-in?next=${encodeURIComponent(url)}`;

/** What the library reads of the headers: whether its cookies are safe, and which session of its own to go on with. */
function forLibrary({ headers, method, url = '' }: IncomingMessage, { issuer }: OauthConfig): void {
  headers['x-forwarded-proto'] = new URL(issuer).protocol.slice(0, -1);
  // The page for a code has a session from its GET on.
  const { pathname } = new URL(url, issuer);
  const goesOn =
    pathname.startsWith(PATHS.code_verification) && !(method === 'GET' && pathname === PATHS.code_verification);
  if (!goesOn && headers.cookie !== undefined) headers.cookie = headers.cookie.replace(LIBRARY_SESSION, '');
}
