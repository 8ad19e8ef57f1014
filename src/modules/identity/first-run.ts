import { randomBytes } from 'node:crypto';
import { newApiKey } from '../../platform/credentials/secrets.js';
import type { Database } from '../../platform/database/database.js';
import type { FirstAdmin } from '../../platform/embedded/first-run-file.js';
import { insertFirstAdmin } from './first-run.queries.js';
import { hashPassword } from './passwords.js';

const EMAIL = 'admin@taskmaster.local';

/** Creates the admin of a new installation, with a random password and key. Returns null if any user exists. */
export async function createFirstAdmin(database: Database): Promise<FirstAdmin | null> {
  const password = randomBytes(18).toString('base64url');
  const { key, prefix, hash } = newApiKey();
  const passwordHash = await hashPassword(password);
  const [row] = await database.anonymousCommand(insertFirstAdmin(EMAIL, passwordHash, prefix, hash));
  return row?.id ? { adminEmail: EMAIL, adminPassword: password, apiKey: key } : null;
}
