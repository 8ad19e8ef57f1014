import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/**
 * Encrypts secrets for the database (AES-256-GCM), so that a dump, a replica or a backup does not reveal them. It is for
 * those whose plain text is needed again and that cannot be hashed. A secret can only be decrypted for the owner that it was
 * encrypted for.
 */
export class SecretBox {
  readonly #key: Buffer;
  readonly #keys: readonly Buffer[];

  /**
   * `use` separates the keys of different uses of one secret, as in `taskmaster webhook secrets`. `accepted` are other secrets
   * that may have encrypted what is decrypted.
   */
  constructor(secret: string, use: string, accepted: readonly string[] = []) {
    const keyOf = (one: string): Buffer => Buffer.from(hkdfSync('sha256', one, '', use, 32));
    this.#key = keyOf(secret);
    this.#keys = [this.#key, ...accepted.map(keyOf)];
  }

  seal(owner: string, secret: string): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Null if the secret was encrypted with another key or for another owner. */
  open(owner: string, sealed: Buffer): string | null {
    if (sealed.length <= NONCE + TAG) return null;
    for (const key of this.#keys) {
      const text = decrypted(key, owner, sealed);
      if (text !== null) return text;
    }
    return null;
  }
}

function decrypted(key: Buffer, owner: string, sealed: Buffer): string | null {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(owner))
    .setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
