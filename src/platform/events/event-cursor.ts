import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Cipheriv, Decipheriv } from 'node:crypto';

const BLOCK = 16;
/** Half of the block is the same in every cursor, so of 2^64 forged ones a single one is taken for real. */
const MARK = Buffer.from('tm-event');

/**
 * Positions as clients see them. A position counts the events of all teams, so as a number it would tell everybody how
 * busy the others are; enciphered it tells nothing but equality. One block and nothing else, so ECB is all there is to it,
 * and the same position always gives the same cursor.
 */
export class EventCursors {
  readonly #encipher: Cipheriv;
  readonly #decipher: Decipheriv;

  constructor(secret: string) {
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'taskmaster event cursor', BLOCK));
    this.#encipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
    this.#decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  }

  encode(position: bigint): string {
    const block = Buffer.alloc(BLOCK);
    MARK.copy(block);
    block.writeBigInt64BE(position, MARK.length);
    return this.#encipher.update(block).toString('base64url');
  }

  /** Null for what this service has not given out. */
  decode(cursor: string): bigint | null {
    if (!/^[\w-]{22}$/.test(cursor)) return null;
    const bytes = Buffer.from(cursor, 'base64url');
    // The last character holds four bits that belong to no byte: only one of its forms was given out.
    if (bytes.length !== BLOCK || bytes.toString('base64url') !== cursor) return null;
    const block = this.#decipher.update(bytes);
    return block.subarray(0, MARK.length).equals(MARK) ? block.readBigInt64BE(MARK.length) : null;
  }
}
