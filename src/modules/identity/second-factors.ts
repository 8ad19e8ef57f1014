import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { TOTP } from 'otpauth';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { SecretBox } from '../../platform/credentials/secret-box.js';
import { sha256 } from '../../platform/credentials/secrets.js';
import { Database } from '../../platform/database/database.js';
import { findSecondFactor, useSecondFactor } from './second-factor.queries.js';

const ISSUER = 'TaskMaster';
const PERIOD = 30;
/** Steps that a clock may be off, in each direction. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** Of each recovery code: 80 random bits, so that a fast hash is enough. */
const RECOVERY_BYTES = 10;

/** Codes of authenticator apps (TOTP: SHA-1, six digits, 30 seconds, as every app understands them) and recovery codes. */
@Injectable()
export class SecondFactors {
  readonly #box: SecretBox;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly database: Database,
  ) {
    this.#box = new SecretBox(config.auth.secondFactorKey ?? config.auth.jwtSecret, 'taskmaster second factors');
  }

  /** A new secret, sealed for its user. */
  async create(userId: string, label: string): Promise<{ secret: string; uri: string; sealed: Buffer }> {
    const { Secret } = await import('otpauth');
    const secret = new Secret({ size: 20 }).base32;
    const uri = (await totp(secret, label)).toString();
    return { secret, uri, sealed: this.#box.seal(userId, secret) };
  }

  /** The step of the clock to which a code belongs; null for a wrong code. */
  async stepOf(userId: string, sealed: Buffer, code: string): Promise<number | null> {
    const secret = this.#box.open(userId, sealed);
    if (secret === null) throw new Error('The secret of a second factor was sealed with another key.');
    const digits = code.replaceAll(/\s/g, '');
    if (!/^\d{6}$/.test(digits)) return null;
    const delta = (await totp(secret)).validate({ token: digits, window: WINDOW });
    return delta === null ? null : Math.floor(Date.now() / 1000 / PERIOD) + delta;
  }

  /** Whether logins of this user need a code, and if so, whether this one is right and was not used before. */
  async verify(userId: string, code: string | undefined): Promise<'not needed' | 'missing' | 'right' | 'wrong'> {
    const [factor] = await this.database.anonymousCommand(findSecondFactor(userId));
    if (!factor) return 'not needed';
    if (code === undefined || code === '') return 'missing';
    const step = await this.stepOf(userId, factor.sealed, code);
    const [row] = await this.database.anonymousCommand(useSecondFactor(userId, step, recoveryHash(code)));
    return row?.isUsed ? 'right' : 'wrong';
  }
}

async function totp(secret: string, label = ''): Promise<TOTP> {
  const { Secret, TOTP } = await import('otpauth');
  return new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), period: PERIOD });
}

/** People type them in any case, with or without the hyphens. */
function recoveryHash(code: string): Buffer {
  return sha256(code.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** New recovery codes, in four groups of four characters of Base32, and their hashes. */
export function newRecoveryCodes(): { codes: string[]; hashes: Buffer[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const bits = [...randomBytes(RECOVERY_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const letters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]);
    return (letters.join('').match(/.{4}/g) ?? []).join('-');
  });
  return { codes, hashes: codes.map(recoveryHash) };
}
