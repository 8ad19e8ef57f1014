import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;
const SECRET_BYTES = 32;

/** Generates a signing key in the format of Standard Webhooks. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * Encrypts secrets for the database (AES-256-GCM), so that a dump, a replica or a backup does not reveal them. They
 * cannot be hashed, because signing needs the plain text. A secret can only be decrypted for the webhook it was
 * encrypted for.
 */
export class SecretBox {
  readonly #key: Buffer;

  constructor(key: string) {
    this.#key = Buffer.from(hkdfSync('sha256', key, '', 'taskmaster webhook secrets', 32));
  }

  seal(webhookId: string, secret: string): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(webhookId));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Null if the secret was encrypted with another key or for another webhook. */
  open(webhookId: string, sealed: Buffer): string | null {
    if (sealed.length <= NONCE + TAG) return null;
    const nonce = sealed.subarray(0, NONCE);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG })
      .setAAD(Buffer.from(webhookId))
      .setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
