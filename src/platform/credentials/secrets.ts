import { hash, randomBytes } from 'node:crypto';

/** The prefix of every API key, by which secret scanners and people recognise it. */
const KEY_PREFIX = 'tmk_';

/** The prefix of ingest keys, which clients ship with. */
const INGEST_PREFIX = 'tmi_';

/** SHA-256 is sufficient for 256 random bits; slow hashes are for passwords. */
export function sha256(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Creates an API key. It is shown once; the hash and the first characters are stored. */
export function newApiKey(prefix = KEY_PREFIX): { key: string; prefix: string; hash: Buffer } {
  const key = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { key, prefix: key.slice(0, 12), hash: sha256(key) };
}

export function newIngestKey(): { key: string; prefix: string; hash: Buffer } {
  return newApiKey(INGEST_PREFIX);
}

/** Whether a text has the form of an API key, which clients may also send as a bearer token. */
export function looksLikeApiKey(text: string): boolean {
  return /^tm[ki]_[A-Za-z0-9_-]{43}$/.test(text);
}

export function looksLikeIngestKey(text: string): boolean {
  return text.startsWith(INGEST_PREFIX) && looksLikeApiKey(text);
}

/** Creates the token of a browser's session, of which only the hash is stored. */
export function newBrowserToken(): { token: string; hash: Buffer } {
  const token = `tmb_${randomBytes(32).toString('base64url')}`;
  return { token, hash: sha256(token) };
}

const OAUTH_TOKEN = 'tmo_';

/** Creates an access or refresh token of OAuth, of which only the hash is stored. */
export function newOauthToken(): string {
  return `${OAUTH_TOKEN}${randomBytes(32).toString('base64url')}`;
}

/** Whether a text has the form of a token of OAuth. */
export function looksLikeOauthToken(text: string): boolean {
  return /^tmo_[A-Za-z0-9_-]{43}$/.test(text);
}

/** Creates a token that goes to a mailbox, of which only the hash is stored. */
export function newMailToken(): { token: string; hash: Buffer } {
  const token = `tmm_${randomBytes(32).toString('base64url')}`;
  return { token, hash: sha256(token) };
}
