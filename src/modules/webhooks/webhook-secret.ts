import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;
const SECRET_BYTES = 32;

/** A key for signatures as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * Seals secrets for the database, so that a dump, a replica or a backup holds none (AES-256-GCM). They cannot be hashed:
 * to sign, they have to be read. A sealed secret opens for the webhook that it was sealed for alone.
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

  /** Null when it was sealed with another key, or for another webhook. */
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
