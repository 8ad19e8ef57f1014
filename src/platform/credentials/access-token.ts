import { Inject, Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import type { IncomingHttpHeaders } from 'node:http';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isUuid } from '../schema/uuid.js';
import type { SigningKey, TokenKey } from './token-key.js';
import { tokenKeysOf } from './token-key.js';
import type { VerifyToken } from './token-verifier.js';
import { keyIdOf, tokenVerifier } from './token-verifier.js';

/** Seconds until an access token expires; the refresh token gets the next one. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'taskmaster';

interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly exp: number;
}

function isClaims(payload: unknown): payload is Claims {
  const { sub, sid, exp } = payload as Partial<Claims>;
  return typeof sub === 'string' && typeof sid === 'string' && isUuid(sid) && typeof exp === 'number';
}

/** The contents of a valid access token. */
export interface VerifiedToken {
  readonly sessionId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const tokenOf = ExtractJwt.fromAuthHeaderAsBearerToken();

/** A token only names a session; its rights are read from PostgreSQL. */
function strategyOf({ key, algorithm }: TokenKey): Strategy {
  return new Strategy(
    {
      jwtFromRequest: tokenOf,
      // passport-jwt hands the key on to jsonwebtoken, which takes key objects; its types know texts only.
      secretOrKeyProvider: (_request, _token, done) => done(null, key as unknown as string),
      algorithms: [algorithm],
      issuer: ISSUER,
      audience: ISSUER,
    },
    (payload: unknown, done) => {
      done(null, isClaims(payload) ? { sessionId: payload.sid, expiresAt: payload.exp * 1000 } : false);
    },
  );
}

/**
 * Signs and verifies the access tokens of login sessions. Each key has a strategy of its own, which knows its one algorithm,
 * so that no token can choose how it is verified.
 */
@Injectable()
export class AccessTokens {
  /** The public keys of access tokens (RFC 7517), for services that verify them themselves. */
  readonly keySet: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly #signing: SigningKey;
  readonly #verifiers: ReadonlyMap<string, VerifyToken<VerifiedToken>>;
  /** For tokens without a key id, which the release before 1.0.0 signed with its secret. */
  readonly #unnamed: readonly VerifyToken<VerifiedToken>[];

  constructor(@Inject(CONFIG) config: Config) {
    const keys = tokenKeysOf(config.auth);
    this.#signing = keys[0];
    this.#verifiers = new Map(keys.map((key) => [key.id, tokenVerifier(strategyOf(key))]));
    this.#unnamed = keys
      .filter(({ algorithm }) => algorithm === 'HS256')
      .flatMap(({ id }) => this.#verifiers.get(id) ?? []);
    this.keySet = { keys: keys.flatMap(({ published }) => (published ? [published] : [])) };
  }

  /** Null for a token that is forged, expired or not an access token of this service. */
  async verify(headers: IncomingHttpHeaders): Promise<VerifiedToken | null> {
    const token = tokenOf({ headers } as Parameters<typeof tokenOf>[0]);
    const id = token === null ? null : keyIdOf(token);
    if (id === null) return null;
    if (id !== undefined) return (await this.#verifiers.get(id)?.(headers)) ?? null;
    for (const verify of this.#unnamed) {
      const verified = await verify(headers);
      if (verified) return verified;
    }
    return null;
  }

  sign(userId: string, sessionId: string): string {
    return jwt.sign({ sid: sessionId }, this.#signing.signs, {
      algorithm: this.#signing.algorithm,
      keyid: this.#signing.id,
      subject: userId,
      issuer: ISSUER,
      audience: ISSUER,
      expiresIn: ACCESS_TOKEN_SECONDS,
    });
  }
}
