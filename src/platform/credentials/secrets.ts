import { hash, randomBytes } from 'node:crypto';

/** Starts every API key, so that secret scanners and people recognise one. */
const KEY_PREFIX = 'tmk_';

/** SHA-256 is enough for 256 random bits; slow hashes are for what people choose. */
export function sha256(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** A new API key: shown once, stored as its hash and the first characters. */
export function newApiKey(): { key: string; prefix: string; hash: Buffer } {
  const key = `${KEY_PREFIX}${randomBytes(32).toString('base64url')}`;
  return { key, prefix: key.slice(0, 12), hash: sha256(key) };
}

/** A new refresh token: 256 random bits, stored as its hash. */
export function newRefreshToken(): { token: string; hash: Buffer } {
  const token = `tmr_${randomBytes(32).toString('base64url')}`;
  return { token, hash: sha256(token) };
}

/** Whether a text has the form of an API key (bearer clients send keys where others send tokens). */
export function looksLikeApiKey(text: string): boolean {
  return /^tmk_[A-Za-z0-9_-]{43}$/.test(text);
}
