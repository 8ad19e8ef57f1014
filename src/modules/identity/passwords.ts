import { hash, verify } from '@node-rs/argon2';

/** argon2id with the parameters that OWASP recommends: 19 MiB, two passes, parallelism 1. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hashes of unknown passwords. They make a missing account cost the same work as an existing one. */
const UNKNOWN_PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$WCF1gkpL8c06jGJLNOnpAg$54GzUVV6Et6dfG8SPkXTxhqQSaYHn6nPeTzCTpiMs3g';
const UNKNOWN_IMPORTED_HASH = '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW';

/** A bcrypt hash of cost 12. Another cost would take another time, which tells which accounts have one. */
export const IMPORTED_HASH = /^\$2[aby]\$12\$[./A-Za-z0-9]{53}$/;

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

export function isImported(stored: string): boolean {
  return IMPORTED_HASH.test(stored);
}

/**
 * Whether the password matches the hash. Without a hash the result is false, after the same work. While accounts with imported
 * hashes exist, each check costs one of those too: 0.25 s.
 */
export async function isPassword(
  password: string,
  stored: string | null,
  hasImported: boolean,
  verifyImported = bcrypt,
): Promise<boolean> {
  const imported = stored !== null && isImported(stored) ? stored : null;
  const own = imported === null ? stored : null;
  const [isOwn, isOfImport] = await Promise.all([
    verify(own ?? UNKNOWN_PASSWORD_HASH, password),
    hasImported || imported !== null ? verifyImported(password, imported ?? UNKNOWN_IMPORTED_HASH) : false,
  ]);
  return (own !== null && isOwn) || (imported !== null && isOfImport);
}

async function bcrypt(password: string, stored: string): Promise<boolean> {
  const library = await import('bcryptjs');
  return library.compare(password, stored);
}
