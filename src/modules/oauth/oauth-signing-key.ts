import type { JsonWebKey } from 'node:crypto';
import { createPrivateKey, hkdfSync } from 'node:crypto';

/** The fixed part of an Ed25519 private key in PKCS #8 (RFC 8410, 7); the 32 bytes of the key follow. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key that the library demands for ID tokens, which this server never issues: its tokens are opaque. It is derived, so
 * that every instance has the same one.
 */
export function signingKey(secret: string): JsonWebKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'taskmaster oauth signing', 32));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, bytes]), format: 'der', type: 'pkcs8' });
  return { ...key.export({ format: 'jwk' }), alg: 'EdDSA', use: 'sig' };
}
