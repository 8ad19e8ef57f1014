import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/config.js';

/** Seconds that a browser keeps its session, like a refresh token. */
const MAX_AGE = 7 * 24 * 60 * 60;

/** The cookie in which a browser keeps the token of its session. */
export interface SessionCookie {
  read(headers: IncomingHttpHeaders): string | null;
  /** The value of `Set-Cookie` that keeps a token, or, with null, forgets it. */
  write(token: string | null): string;
}

/**
 * With HTTPS, the prefix `__Host-` has browsers refuse the cookie from another host, another path and plain HTTP. Browsers do
 * not take such a cookie from an http:// address.
 */
export function sessionCookie({ publicUrl }: Pick<Config, 'publicUrl'>): SessionCookie {
  const isSecure = publicUrl?.startsWith('https:') ?? false;
  const name = isSecure ? '__Host-taskmaster' : 'taskmaster';
  const pattern = new RegExp(`(?:^|;\\s*)${name}=(tmb_[A-Za-z0-9_-]{43})(?:;|$)`);
  return {
    read: ({ cookie }) => pattern.exec(cookie ?? '')?.[1] ?? null,
    write: (token) =>
      [
        `${name}=${token ?? ''}`,
        'Path=/',
        'HttpOnly',
        'SameSite=Lax',
        `Max-Age=${token === null ? 0 : MAX_AGE}`,
        ...(isSecure ? ['Secure'] : []),
      ].join('; '),
  };
}
