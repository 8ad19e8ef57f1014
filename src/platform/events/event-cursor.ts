import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Cipheriv, Decipheriv } from 'node:crypto';

const BLOCK = 16;
/** Half of the block is constant, so only one in 2^64 forged cursors is accepted. */
const MARK = Buffer.from('tm-event');

/**
 * Encrypts positions for clients. A position counts the events of all teams, so the number itself would reveal how active
 * other teams are. It is a single block, so ECB is sufficient, and a position always has the same cursor.
 */
export class EventCursors {
  readonly #encipher: Cipheriv;
  readonly #deciphers: readonly Decipheriv[];

  /** Cursors of `accepted` secrets are read as well, so that a client resumes after a change of the secret. */
  constructor(secret: string, accepted: readonly string[] = []) {
    this.#encipher = createCipheriv('aes-128-ecb', keyOf(secret), null).setAutoPadding(false);
    this.#deciphers = [secret, ...accepted].map((one) =>
      createDecipheriv('aes-128-ecb', keyOf(one), null).setAutoPadding(false),
    );
  }

  encode(position: bigint): string {
    const block = Buffer.alloc(BLOCK);
    MARK.copy(block);
    block.writeBigInt64BE(position, MARK.length);
    return this.#encipher.update(block).toString('base64url');
  }

  /** Null for a cursor that this service has not issued. */
  decode(cursor: string): bigint | null {
    if (!/^[\w-]{22}$/.test(cursor)) return null;
    const bytes = Buffer.from(cursor, 'base64url');
    // The last character has four unused bits, so several texts decode to the same bytes; only one was issued.
    if (bytes.length !== BLOCK || bytes.toString('base64url') !== cursor) return null;
    for (const decipher of this.#deciphers) {
      const block = decipher.update(bytes);
      if (block.subarray(0, MARK.length).equals(MARK)) return block.readBigInt64BE(MARK.length);
    }
    return null;
  }
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'taskmaster event cursor', BLOCK));
}
