import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import { Database } from '../database/database.js';
import { Fault, invalid } from '../faults/fault.js';
import { AccessTokens } from './access-token.js';
import type { CredentialRow } from './auth.queries.js';
import { findApiKey, findSession } from './auth.queries.js';
import { looksLikeApiKey, sha256 } from './credentials.js';
import type { Identity } from './identity.js';
import { KeyUse } from './key-use.js';

/** Milliseconds an identity is remembered. Only messages depend on it: PostgreSQL checks the credential every time. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 10_000;

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i;

function identityOf(row: CredentialRow, tokenExpiresAt: number | null): Identity {
  const ends = [row.expiresAt?.getTime() ?? null, tokenExpiresAt].filter((end) => end !== null);
  return {
    userId: row.userId,
    credentialId: row.credentialId,
    scopes: row.scopes,
    role: row.role,
    permissions: row.permissions,
    isAdmin: row.isAdmin,
    expiresAt: ends.length === 0 ? null : Math.min(...ends),
  };
}

function unauthenticated(detail: string): Fault {
  return new Fault('UNAUTHENTICATED', detail, { headers: { 'www-authenticate': 'Bearer realm="taskmaster"' } });
}

/** The secret of a request, from the two headers that may carry one. */
function secretOf(headers: IncomingHttpHeaders): string | null {
  const apiKey = headers['x-api-key'];
  const bearer = headers.authorization;
  if (apiKey !== undefined && bearer !== undefined) {
    throw invalid([
      { path: 'header.Authorization', message: 'must not be sent beside X-API-Key', code: 'TWO_CREDENTIALS' },
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

/** Turns the headers of a request into an identity. */
@Injectable()
export class Authenticator {
  // Keyed by the hash, so that a memory dump holds no usable secret.
  private readonly remembered = new LRUCache<string, Identity>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });

  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokens,
    private readonly use: KeyUse,
  ) {}

  /**
   * Who sent the request: at once when the credential is remembered, null when none was sent. `beforeLookUp` may throw
   * to spare the database a credential that is not remembered.
   * @throws Fault UNAUTHENTICATED
   */
  identify(headers: IncomingHttpHeaders, beforeLookUp?: () => void): Identity | null | Promise<Identity> {
    const secret = secretOf(headers);
    if (secret === null) return null;
    const digest = sha256(secret);
    const known = this.remembered.get(digest.toString('base64'));
    if (known && (known.expiresAt === null || known.expiresAt > Date.now())) {
      this.use.note(known.credentialId);
      return known;
    }
    beforeLookUp?.();
    return this.lookUp(secret, digest);
  }

  /** After PostgreSQL refused the credential: the next request is looked up again. */
  forget(headers: IncomingHttpHeaders): void {
    try {
      const secret = secretOf(headers);
      if (secret !== null) this.remembered.delete(sha256(secret).toString('base64'));
    } catch {
      // A credential that cannot be read was never remembered.
    }
  }

  /** The same where the secret is not at hand any more. */
  forgetCredential(credentialId: string): void {
    for (const [digest, identity] of this.remembered) {
      if (identity.credentialId === credentialId) this.remembered.delete(digest);
    }
  }

  private async lookUp(secret: string, digest: Buffer): Promise<Identity> {
    const identity = looksLikeApiKey(secret) ? await this.byKey(digest) : await this.byToken(secret);
    this.remembered.set(digest.toString('base64'), identity);
    this.use.note(identity.credentialId);
    return identity;
  }

  private async byKey(digest: Buffer): Promise<Identity> {
    const [row] = await this.database.anonymousQuery(findApiKey(digest));
    if (!row) throw unauthenticated('The API key is not valid.');
    return identityOf(row, null);
  }

  private async byToken(token: string): Promise<Identity> {
    const claim = await this.tokens.verify(token);
    const [row] = claim ? await this.database.anonymousQuery(findSession(claim.sessionId)) : [];
    if (!row || !claim) throw unauthenticated('The token is not valid.');
    return identityOf(row, claim.expiresAt);
  }
}
