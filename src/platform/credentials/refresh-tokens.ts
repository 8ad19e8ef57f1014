import { Inject, Injectable } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { sha256 } from './secrets.js';

const FAMILY_BYTES = 16;
const RANDOM_BYTES = 32;
/** Family, 256 random bits, and the id of the key of its digest, if it has one. */
const TOKEN = /^tmr_([\w-]{22})[\w-]{43}([\w-]{8})?$/;

/** A refresh token, and what the database knows of it. */
export interface RefreshTokenDigests {
  readonly token: string;
  readonly digest: Buffer;
  /** Of the part that all tokens of a session share. */
  readonly familyDigest: Buffer;
}

const keyIdOf = (key: string): string =>
  createHmac('sha256', key).update('taskmaster refresh token key').digest('base64url').slice(0, 8);

/**
 * Makes refresh tokens and the digests under which they are stored. Their random bits need no slow hash. With a key, someone
 * who can write to the database but does not know the configuration cannot make a token. A token names the key of its digest,
 * so that it is looked for under one digest alone: one that is not found under the first of several would look like
 * an earlier token of its session, which ends it.
 */
@Injectable()
export class RefreshTokens {
  readonly #signing: string | null;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #acceptsUnkeyed: boolean;

  constructor(@Inject(CONFIG) { auth: { refresh } }: Config) {
    const keys = [refresh.secret ?? [], refresh.acceptedSecrets].flat();
    this.#keys = new Map(keys.map((key) => [keyIdOf(key), key]));
    this.#signing = refresh.secret === undefined ? null : keyIdOf(refresh.secret);
    this.#acceptsUnkeyed = refresh.acceptsUnkeyed;
  }

  /** The first token of a session, or the next one of a family. */
  create(family = newFamily()): RefreshTokenDigests {
    const token = `tmr_${family}${randomBytes(RANDOM_BYTES).toString('base64url')}${this.#signing ?? ''}`;
    return { token, digest: this.#digest(token, this.#signing), familyDigest: sha256(family) };
  }

  /** A token that was sent, and the family for the next one. Null if its key is not accepted. */
  read(token: string): (RefreshTokenDigests & { readonly family: string }) | null {
    const [, family = newFamily(), keyId = null] = TOKEN.exec(token) ?? [];
    if (keyId === null ? !this.#acceptsUnkeyed : !this.#keys.has(keyId)) return null;
    return { token, family, digest: this.#digest(token, keyId), familyDigest: sha256(family) };
  }

  #digest(token: string, keyId: string | null): Buffer {
    const key = keyId === null ? undefined : this.#keys.get(keyId);
    return key === undefined ? sha256(token) : createHmac('sha256', key).update(token).digest();
  }
}

/** Tokens of a release that had no families get one with their first exchange. */
function newFamily(): string {
  return randomBytes(FAMILY_BYTES).toString('base64url');
}
