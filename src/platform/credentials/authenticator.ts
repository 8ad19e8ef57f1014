import { Inject, Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Database } from '../database/database.js';
import { Fault, invalid } from '../faults/fault.js';
import { AccessTokens } from './access-token.js';
import type { Assertion } from './cloudflare-access.js';
import { accessTokenOf, CloudflareAccess } from './cloudflare-access.js';
import type { CredentialRow, IngestKeyRow } from './credential.queries.js';
import {
  findApiKey,
  findIngestKey,
  findOauthSession,
  findSession,
  findSessionByToken,
  startExternalSession,
} from './credential.queries.js';
import { looksLikeApiKey, looksLikeIngestKey, looksLikeOauthToken, sha256 } from './secrets.js';
import type { SessionCookie } from './session-cookie.js';
import { sessionCookie } from './session-cookie.js';
import type { Identity } from '../auth/identity.js';
import { KeyUse } from './key-use.js';

/** Milliseconds that an identity is cached. Only messages depend on it, because PostgreSQL checks every credential. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 10_000;

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i;

function identityOf(
  row: CredentialRow & { readonly resource?: string },
  tokenExpiresAt: number | null,
  isAmbient = false,
): Identity {
  const ends = [row.expiresAt?.getTime() ?? null, tokenExpiresAt].filter((end) => end !== null);
  return {
    userId: row.userId,
    credentialId: row.credentialId,
    scopes: row.scopes,
    role: row.role,
    permissions: row.permissions,
    isAdmin: row.isAdmin,
    expiresAt: ends.length === 0 ? null : Math.min(...ends),
    isAmbient,
    resource: row.resource ?? null,
    allowedNetworks: null,
    limitedAs: row.userId,
    ingest: null,
  };
}

/** What the operations that take an ingest key ask for. PostgreSQL gives its session no permission at all. */
const INGEST_PERMISSIONS = ['errors:write', 'validations:write'];

function ingestIdentityOf({ credentialId, expiresAt, ...ingest }: IngestKeyRow): Identity {
  return {
    userId: credentialId,
    credentialId,
    scopes: INGEST_PERMISSIONS,
    role: 'ingest',
    permissions: INGEST_PERMISSIONS,
    isAdmin: false,
    expiresAt: expiresAt?.getTime() ?? null,
    isAmbient: false,
    resource: null,
    allowedNetworks: null,
    limitedAs: credentialId,
    ingest,
  };
}

function unauthenticated(detail: string): Fault {
  return new Fault('UNAUTHENTICATED', detail, { headers: { 'www-authenticate': 'Bearer realm="taskmaster"' } });
}

/** Reads the secret of a request from the two headers that may carry one. */
function secretOf(headers: IncomingHttpHeaders): string | null {
  const apiKey = headers['x-api-key'];
  const bearer = headers.authorization;
  // Generated clients send the same key in both headers when both schemes are configured.
  if (apiKey !== undefined && bearer !== undefined && BEARER.exec(bearer)?.[1] !== apiKey) {
    throw invalid([
      { path: 'header.Authorization', message: 'must not differ from X-API-Key', code: 'TWO_CREDENTIALS' },
    ]);
  }
  if (typeof apiKey === 'string') {
    if (looksLikeApiKey(apiKey)) return apiKey;
    throw unauthenticated('The API key is not valid.');
  }
  if (bearer === undefined) return null;
  const match = BEARER.exec(bearer);
  if (!match?.[1]) throw unauthenticated('Authorization must be "Bearer <token>".');
  return match[1];
}

/** A secret, and whose headers hold it. */
interface Sent {
  readonly secret: string;
  readonly by: 'client' | 'browser' | 'edge';
}

/** A token of the edge or of a cookie is no bearer token, nor the other way round, even if the same text was accepted there. */
function nameOf({ by }: Sent, digest: Buffer): string {
  return `${by} ${digest.toString('base64')}`;
}

/** Authenticates the headers of requests. */
@Injectable()
export class Authenticator {
  // Keyed by the hash, so that a memory dump contains no usable secret.
  private readonly remembered = new LRUCache<string, Identity>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });

  /** A thousand connections with one unknown key ask PostgreSQL once. */
  private readonly pending = new Map<string, Promise<Identity>>();

  readonly #cookie: SessionCookie;

  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokens,
    private readonly access: CloudflareAccess,
    private readonly use: KeyUse,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.#cookie = sessionCookie(config);
  }

  /**
   * Returns the identity of the sender, synchronously when it is cached; null without a credential. `beforeLookUp` runs before
   * the database is asked for a credential that is not cached, and may throw to prevent it. `path` is what the request asks
   * for, because a token of OAuth is for one resource.
   * @throws Fault UNAUTHENTICATED
   */
  identify(headers: IncomingHttpHeaders, beforeLookUp?: () => void, path = '/'): Identity | null | Promise<Identity> {
    const sent = this.secretIn(headers);
    if (!sent) return null;
    const digest = sha256(sent.secret);
    const name = nameOf(sent, digest);
    const known = this.remembered.get(name);
    if (known && (known.expiresAt === null || known.expiresAt > Date.now())) {
      this.use.note(known.credentialId);
      return this.forAudience(known, path);
    }
    beforeLookUp?.();
    const pending = this.pending.get(name);
    if (pending) return pending.then((identity) => this.forAudience(identity, path));
    const found = this.remember(name, this.lookUp(sent, digest, headers)).finally(() => this.pending.delete(name));
    this.pending.set(name, found);
    return found.then((identity) => this.forAudience(identity, path));
  }

  /** Refuses the token of another resource, which its holder may have passed on (RFC 9068, 4). */
  private forAudience(identity: Identity, path: string): Identity {
    if (identity.resource === null) return identity;
    const { issuer, toolsResource } = this.config.oauth ?? {};
    if (identity.resource === (/^\/mcp(?![^/?])/.test(path) ? toolsResource : issuer)) return identity;
    throw unauthenticated('The token is for another resource.');
  }

  /** Like `identify`, without the cache. @throws Fault UNAUTHENTICATED */
  async identifyAgain(headers: IncomingHttpHeaders): Promise<Identity | null> {
    this.forget(headers);
    return this.identify(headers);
  }

  /** Drops the cached identity after PostgreSQL has refused the credential. */
  forget(headers: IncomingHttpHeaders): void {
    try {
      const sent = this.secretIn(headers);
      if (sent) this.remembered.delete(nameOf(sent, sha256(sent.secret)));
    } catch {
      // A credential that cannot be read was never cached.
    }
  }

  /** Like `forget`, for callers that no longer have the secret. */
  forgetCredential(credentialId: string): void {
    for (const [name, identity] of this.remembered) {
      if (identity.credentialId === credentialId) this.remembered.delete(name);
    }
  }

  /** After a change that concerns many users. */
  forgetEverybody(): void {
    this.remembered.clear();
  }

  /** The token of the edge counts only where the client sends no credential and has not signed in: the edge adds it to every request. */
  private secretIn(headers: IncomingHttpHeaders): Sent | null {
    const given = secretOf(headers);
    if (given !== null) return { secret: given, by: 'client' };
    const cookie = this.#cookie.read(headers);
    if (cookie !== null) return { secret: cookie, by: 'browser' };
    const token = this.access.settings ? accessTokenOf(headers) : null;
    return token === null ? null : { secret: token, by: 'edge' };
  }

  private async remember(name: string, look: Promise<Identity>): Promise<Identity> {
    const identity = await look;
    this.remembered.set(name, identity);
    this.use.note(identity.credentialId);
    return identity;
  }

  private lookUp({ secret, by }: Sent, digest: Buffer, headers: IncomingHttpHeaders): Promise<Identity> {
    if (by === 'edge') return this.byAccess(headers);
    if (by === 'browser') return this.byCookie(digest);
    if (looksLikeIngestKey(secret)) return this.byIngestKey(digest);
    if (looksLikeApiKey(secret)) return this.byKey(digest);
    return looksLikeOauthToken(secret) ? this.byOauth(digest) : this.byToken(headers);
  }

  private async byIngestKey(digest: Buffer): Promise<Identity> {
    const [row] = await this.database.anonymousQuery(findIngestKey(digest));
    if (!row) throw unauthenticated('The ingest key is not valid.');
    return ingestIdentityOf(row);
  }

  private async byKey(digest: Buffer): Promise<Identity> {
    const [row] = await this.database.anonymousQuery(findApiKey(digest));
    if (!row) throw unauthenticated('The API key is not valid.');
    const { allowedNetworks, ownerId, userId } = row;
    return { ...identityOf(row, null), allowedNetworks, limitedAs: ownerId ?? userId };
  }

  private async byOauth(digest: Buffer): Promise<Identity> {
    const [row] = await this.database.anonymousQuery(findOauthSession(digest));
    if (!row) throw unauthenticated('The token is not valid.');
    return identityOf(row, null);
  }

  private async byToken(headers: IncomingHttpHeaders): Promise<Identity> {
    const token = await this.tokens.verify(headers);
    const [row] = token ? await this.database.anonymousQuery(findSession(token.sessionId)) : [];
    if (!row || !token) throw unauthenticated('The token is not valid.');
    return identityOf(row, token.expiresAt);
  }

  private async byCookie(digest: Buffer): Promise<Identity> {
    const [row] = await this.database.anonymousQuery(findSessionByToken(digest));
    if (!row) throw unauthenticated('The session of this browser has ended.');
    return identityOf(row, null, true);
  }

  private async byAccess(headers: IncomingHttpHeaders): Promise<Identity> {
    const assertion = await this.access.verify(headers);
    if (!assertion) throw unauthenticated('The token of Cloudflare Access is not valid.');
    const creates = this.access.settings?.createsUsers ?? false;
    const userAgent = headers['user-agent']?.slice(0, 500) ?? null;
    const [row] = await this.database.anonymousCommand(startExternalSession(assertion, creates, userAgent));
    if (!row) throw unauthenticated('The session of this Access token has ended, or its user is disabled.');
    if (row.outcome !== 'found') throw unauthenticated(notLinked(assertion, row.outcome));
    return identityOf(row, assertion.expiresAt, true);
  }
}

function notLinked({ email, subject }: Assertion, outcome: 'unknown' | 'other subject'): string {
  if (outcome === 'other subject') {
    return `Cloudflare Access knows the user of ${email} as somebody else. An administrator has to remove that identity first (DELETE /users/{id}/identities/{identityId}).`;
  }
  return email === null ? `No user has the identity ${subject}.` : `No user has the e-mail address ${email}.`;
}
