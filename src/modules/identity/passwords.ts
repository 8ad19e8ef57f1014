import { hash, verify } from '@node-rs/argon2';

/** argon2id as OWASP recommends it: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of a password that nobody knows: an account that does not exist costs the same work as one that does. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$WCF1gkpL8c06jGJLNOnpAg$54GzUVV6Et6dfG8SPkXTxhqQSaYHn6nPeTzCTpiMs3g';

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Whether the password is the one of the hash; without a hash it never is, after the same work. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const matches = await verify(stored ?? NOBODY, password);
  return stored !== null && matches;
}
