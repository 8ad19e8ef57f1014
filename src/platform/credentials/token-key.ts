import type { KeyObject } from 'node:crypto';
import { createHash, createHmac, createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import type { AuthConfig } from '../config/auth-config.js';
import { algorithmOf } from '../config/auth-config.js';

/** A key of access tokens. */
export interface TokenKey {
  /** The `kid` of its tokens. The same on every instance, and it tells nothing about a secret. */
  readonly id: string;
  /** The only algorithm of its tokens. */
  readonly algorithm: 'HS256' | 'RS256' | 'ES256';
  /** Verifies them. */
  readonly key: KeyObject;
  /** What is published of it (RFC 7517); null for a secret. */
  readonly published: Readonly<Record<string, unknown>> | null;
}

/** A key that signs. */
export interface SigningKey extends TokenKey {
  readonly signs: KeyObject;
}

const ID_CHARACTERS = 22;

function secretKey(secret: string): SigningKey {
  const id = createHmac('sha256', secret).update('taskmaster access token key').digest('base64url');
  const key = createSecretKey(Buffer.from(secret));
  return { id: id.slice(0, ID_CHARACTERS), algorithm: 'HS256', key, published: null, signs: key };
}

/** Its id is the thumbprint of RFC 7638: the digest of the required members in alphabetical order. */
function publicKey(key: KeyObject): TokenKey {
  const algorithm = algorithmOf(key);
  if (!algorithm) throw new Error('This key is for no access token; the configuration refuses it.');
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  const id = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  return { id, algorithm, key, published: { ...members, kid: id, use: 'sig', alg: algorithm } };
}

/** The key that signs, then those that are accepted beside it. */
export function tokenKeysOf(auth: AuthConfig): readonly [SigningKey, ...TokenKey[]] {
  const accepted = [
    ...auth.acceptedPublicKeys.map((pem) => publicKey(createPublicKey(pem))),
    ...auth.acceptedSecrets.map(secretKey),
  ];
  if (auth.privateKey === undefined) return [secretKey(auth.jwtSecret), ...accepted];
  const signs = createPrivateKey(auth.privateKey);
  return [{ ...publicKey(createPublicKey(signs)), signs }, ...accepted];
}
