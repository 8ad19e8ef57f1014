import { boolean, optional, text } from './setting.js';
import type { Setting } from './setting.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const issuer = (value: string): string => {
  const url = URL.parse(value);
  if (!url || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Error('must be the URL of an OpenID provider, such as https://accounts.example.com');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname))) {
    throw new Error('must use https:// (http:// only for a loopback address)');
  }
  return value;
};

/** Sign-in with an OpenID provider. */
export const oidcSettings = {
  OIDC_ISSUER: optional<string>({
    about:
      'OpenID provider with which people can sign in, on the page /sign-in. Needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and ' +
      'PUBLIC_URL. Register PUBLIC_URL/sign-in/callback there.',
    example: 'https://accounts.example.com',
    parse: issuer,
  }),
  OIDC_CLIENT_ID: optional<string>({
    about: 'The client id that the provider gave.',
    example: 'taskmaster',
    parse: text,
  }),
  OIDC_CLIENT_SECRET: optional<string>({
    about: 'The client secret that the provider gave.',
    secret: true,
    parse: text,
  }),
  OIDC_NAME: {
    about: 'What the provider is called on the button of the page.',
    example: 'Example SSO',
    fallback: 'single sign-on',
    parse: text,
  },
  OIDC_CREATE_USERS: {
    about:
      'Create a user with the role developer for a person whom the provider knows with a verified address that no user ' +
      'has. Without it such a person is refused.',
    example: 'false',
    fallback: false,
    parse: boolean,
  },
} as const satisfies Record<string, Setting<unknown>>;
