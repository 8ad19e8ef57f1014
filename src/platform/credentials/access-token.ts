import { Inject, Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isUuid } from '../schema/uuid.js';
import type { VerifyToken } from './token-verifier.js';
import { tokenVerifier } from './token-verifier.js';

/** Seconds until an access token expires; the refresh token gets the next one. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'taskmaster';
const ALGORITHM = 'HS256';

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

/** Signs and verifies the access tokens of login sessions. */
@Injectable()
export class AccessTokens {
  /** Null for a token that is forged, expired or not an access token of this service. */
  readonly verify: VerifyToken<VerifiedToken>;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.verify = tokenVerifier(strategyOf(config.auth.jwtSecret));
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
}
