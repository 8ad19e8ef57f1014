import { Inject, Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import type { IncomingHttpHeaders } from 'node:http';
import { Passport } from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isUuid } from '../schema/uuid.js';

/** Seconds until an access token expires; the refresh token gets the next one. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'taskmaster';
const ALGORITHM = 'HS256';
const STRATEGY = 'access-token';

/** What passport.authenticate returns; it reads nothing but the headers. */
type RequestHandler = (
  request: { readonly headers: IncomingHttpHeaders },
  response: undefined,
  onError: (error: unknown) => void,
) => void;

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

/** A token only names a session; its rights are read from PostgreSQL. */
function strategyOf(secret: string): Strategy {
  return new Strategy(
    {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request, _token, done) => done(null, secret),
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: ISSUER,
    },
    (payload: unknown, done) => {
      done(null, isClaims(payload) ? { sessionId: payload.sid, expiresAt: payload.exp * 1000 } : false);
    },
  );
}

/**
 * Signs access tokens, and verifies them with passport. No guard of @nestjs/passport does it: the rate limits and the
 * upgrade to a WebSocket need the identity before Nest has a route, and a message of a WebSocket has no response.
 */
@Injectable()
export class AccessTokens {
  readonly #passport = new Passport();

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.#passport.use(STRATEGY, strategyOf(config.auth.jwtSecret));
  }

  sign(userId: string, sessionId: string): string {
    return jwt.sign({ sid: sessionId }, this.config.auth.jwtSecret, {
      algorithm: ALGORITHM,
      subject: userId,
      issuer: ISSUER,
      audience: ISSUER,
      expiresIn: ACCESS_TOKEN_SECONDS,
    });
  }

  /** Null for a token that is forged, expired or not an access token of this service. */
  verify(headers: IncomingHttpHeaders): Promise<VerifiedToken | null> {
    return new Promise((resolve, reject) => {
      const onResult = (error: Error | null, token: VerifiedToken | false): void => {
        if (error) reject(error);
        else resolve(token || null);
      };
      const authenticate = this.#passport.authenticate(STRATEGY, { session: false }, onResult) as RequestHandler;
      authenticate({ headers }, undefined, reject);
    });
  }
}
