import { boolean, list, optional, secretOf, text } from './setting.js';
import type { Setting } from './setting.js';

const SECRET_MIN = 32;

/** Separated by spaces, because a secret may hold a comma. */
const secrets = (value: string): readonly string[] => {
  const given = value.split(/\s+/).filter((part) => part !== '');
  if (given.some((part) => part.length < SECRET_MIN)) {
    throw new Error(`must hold secrets of at least ${SECRET_MIN} characters, separated by spaces`);
  }
  return given;
};

/** The keys of access tokens and refresh tokens. */
export const authSettings = {
  JWT_SECRET: optional<string>({
    about:
      'Signs access tokens with HS256, and seals cursors; at least 32 characters. Generated once with the embedded ' +
      'PostgreSQL.',
    secret: true,
    parse: secretOf(SECRET_MIN),
  }),
  JWT_SECRETS_ACCEPTED: {
    about:
      'Other secrets whose access tokens are accepted, separated by spaces: the one before for 15 minutes after a change ' +
      'of JWT_SECRET, and the next one before it where several instances run.',
    fallback: [] as readonly string[],
    secret: true,
    parse: secrets,
  },
  SECOND_FACTOR_KEY: optional<string>({
    about:
      'Seals the secrets of second factors in the database; at least 32 characters. Defaults to JWT_SECRET; give one to ' +
      'be able to change that.',
    secret: true,
    parse: secretOf(SECRET_MIN),
  }),
  JWT_PRIVATE_KEY_FILE: optional<string>({
    about:
      'PEM file with a private key that signs access tokens instead of JWT_SECRET: EC P-256 (ES256) or RSA of 2048 bits ' +
      'or more (RS256). Its public key is published at /.well-known/jwks.json.',
    parse: text,
  }),
  JWT_PUBLIC_KEY_FILES: {
    about:
      'PEM files with other public keys whose access tokens are accepted, comma separated: the one before for 15 minutes ' +
      'after a change of the private key, and the next one before it. They are published as well.',
    fallback: [] as readonly string[],
    parse: list,
  },
  REFRESH_SECRET: optional<string>({
    about:
      'Keys the digests of refresh tokens in the database, so that write access to it is not enough to forge a token; at least 32 ' +
      'characters. A change ends all logins, unless REFRESH_SECRETS_ACCEPTED names the secret before.',
    secret: true,
    parse: secretOf(SECRET_MIN),
  }),
  REFRESH_SECRETS_ACCEPTED: {
    about:
      'Other secrets whose refresh tokens are accepted, separated by spaces: the one before for seven days after a change ' +
      'of REFRESH_SECRET, and the next one before it where several instances run.',
    fallback: [] as readonly string[],
    secret: true,
    parse: secrets,
  },
  REFRESH_UNKEYED_ACCEPTED: {
    about:
      'Accept refresh tokens from before REFRESH_SECRET was set, and exchange them for keyed ones. Set it to false seven ' +
      'days later.',
    example: 'true',
    fallback: true,
    parse: boolean,
  },
} as const satisfies Record<string, Setting<unknown>>;
