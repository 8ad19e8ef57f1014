import { hash, verify } from '@node-rs/argon2';

/** argon2id with the parameters that OWASP recommends: 19 MiB, two passes, parallelism 1. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of an unknown password. It makes a missing account cost the same work as an existing one. */
const UNKNOWN_PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$WCF1gkpL8c06jGJLNOnpAg$54GzUVV6Et6dfG8SPkXTxhqQSaYHn6nPeTzCTpiMs3g';

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Whether the password matches the hash. Without a hash the result is false, after the same work. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const matches = await verify(stored ?? UNKNOWN_PASSWORD_HASH, password);
  return stored !== null && matches;
}
