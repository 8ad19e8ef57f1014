import { hashPassword } from '../../src/modules/identity/passwords.js';
import type { TestApp, TestUser } from '../support/app.js';

/** The password of every user that `userWithPassword` adds. */
export const PASSWORD = 'correct horse battery staple';

/** Adds a developer who can log in as `<name>@example.test`. */
export async function userWithPassword(app: TestApp, name: string): Promise<TestUser> {
  const user = await app.user('developer', name);
  await app.sql('update users set password_hash = $2 where id = $1', [user.id, await hashPassword(PASSWORD)]);
  return user;
}
