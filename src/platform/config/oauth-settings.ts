import { boolean } from './setting.js';
import type { Setting } from './setting.js';

/** OAuth for clients and agents. It is on where PUBLIC_URL is https:// without a path, or a loopback address. */
export const oauthSettings = {
  OAUTH_DYNAMIC_REGISTRATION: {
    about:
      'Whether OAuth clients may register themselves (RFC 7591). Clients that publish a document at an https:// URL need no ' +
      'registration.',
    example: 'false',
    fallback: false,
    parse: boolean,
  },
} as const satisfies Record<string, Setting<unknown>>;
