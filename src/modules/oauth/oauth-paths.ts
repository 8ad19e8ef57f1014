import type { RequestInfo } from '../../platform/auth/session.js';

/** The endpoints of the authorization server, as its library names them. */
export const PATHS = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  revocation: '/oauth/revoke',
  device_authorization: '/oauth/device',
  registration: '/oauth/register',
  code_verification: '/device',
} as const;

/** The page that asks the user; the request follows. */
export const CONSENT_PATH = '/consent';

/** What the service knows about a request that the library handles. */
export interface Passed extends Pick<RequestInfo, 'ip' | 'userAgent'> {
  /** The code of a device that the URL had. */
  readonly userCode: string;
  /** Milliseconds since a request to the token endpoint arrived; null for other requests. */
  readonly exchangesForMs: (() => number) | null;
}
