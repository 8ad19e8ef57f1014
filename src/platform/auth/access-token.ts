import { Inject, Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isUuid } from '../schema/uuid.js';

/** Seconds that an access token lives; the refresh token gets the next one. */
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

type Outcome = { readonly sessionId: string; readonly expiresAt: number } | null;

/** Signs access tokens and verifies them with passport-jwt. A token only names a session; rights are read from PostgreSQL. */
@Injectable()
export class AccessTokens {
  private readonly strategy: Strategy;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: config.auth.jwtSecret,
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: ISSUER,
      },
      (payload: unknown, done: (error: Error | null, user: unknown) => void) => {
        done(null, isClaims(payload) ? { sessionId: payload.sid, expiresAt: payload.exp * 1000 } : false);
      },
    );
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

  /** What the token stands for, or null when it is forged, expired or not one of ours. */
  verify(token: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      // The way passport itself runs a strategy: one object per attempt, with the outcomes attached.
      const attempt = Object.assign(Object.create(this.strategy) as Strategy, {
        success: (user: Outcome) => resolve(user),
        fail: () => resolve(null),
        error: reject,
      });
      attempt.authenticate({ headers: { authorization: `Bearer ${token}` } } as never, {});
    });
  }
}
