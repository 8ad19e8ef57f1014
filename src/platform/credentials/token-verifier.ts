import type { IncomingHttpHeaders } from 'node:http';
import { Passport } from 'passport';
import type { Strategy } from 'passport-jwt';
import { Fault } from '../faults/fault.js';

const NAME = 'jwt';

/** What passport.authenticate returns; it reads nothing but the headers. */
type RequestHandler = (
  request: { readonly headers: IncomingHttpHeaders },
  response: undefined,
  onError: (error: unknown) => void,
) => void;

/** The contents of the token in the headers; null if the token is not valid. */
export type VerifyToken<Contents> = (headers: IncomingHttpHeaders) => Promise<Contents | null>;

/**
 * Runs a strategy of passport-jwt without a route. No guard of @nestjs/passport does it: the rate limits and the upgrade to a
 * WebSocket need the identity before Nest has a route, and a message of a WebSocket has no response.
 */
export function tokenVerifier<Contents>(strategy: Strategy): VerifyToken<Contents> {
  const passport = new Passport();
  passport.use(NAME, strategy);
  return (headers) =>
    new Promise((resolve, reject) => {
      const onResult = (error: Error | null, contents: Contents | false, reason: unknown): void => {
        if (error) reject(error);
        // passport-jwt reports a key that cannot be read as the reason why it refuses the token.
        else if (reason instanceof Fault) reject(reason);
        else resolve(contents || null);
      };
      const authenticate = passport.authenticate(NAME, { session: false }, onResult) as RequestHandler;
      authenticate({ headers }, undefined, reject);
    });
}

/** The key id in the header of a token; undefined if it has none, null if it cannot be read or is no text. */
export function keyIdOf(token: string): string | null | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
    if (typeof header !== 'object' || header === null) return null;
    if (!Object.hasOwn(header, 'kid')) return undefined;
    const { kid } = header as { kid: unknown };
    return typeof kid === 'string' ? kid : null;
  } catch {
    return null;
  }
}
