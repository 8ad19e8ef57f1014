import { describe, expect, it } from '@jest/globals';
import { hashPassword, isPassword } from './passwords.js';

const IMPORTED = `$2b$12$${'a'.repeat(53)}`;

/** Only the work that is done shows whether its time tells anything, so the bcrypts are counted. */
function counted(): { verify: (password: string, stored: string) => Promise<boolean>; hashes: string[] } {
  const hashes: string[] = [];
  return {
    hashes,
    verify: (_password, stored) => {
      hashes.push(stored);
      return Promise.resolve(true);
    },
  };
}

describe('a check of a password', () => {
  it('costs a bcrypt for every account while any has an imported hash', async () => {
    const own = await hashPassword('right');
    const { verify, hashes } = counted();
    expect(await isPassword('right', own, true, verify)).toBe(true);
    expect(await isPassword('wrong', own, true, verify)).toBe(false);
    expect(await isPassword('any', null, true, verify)).toBe(false);
    expect(await isPassword('any', IMPORTED, true, verify)).toBe(true);
    expect(hashes.map((one) => one.length)).toEqual([60, 60, 60, 60]);
  });

  it('costs none once no account has one', async () => {
    const { verify, hashes } = counted();
    expect(await isPassword('right', await hashPassword('right'), false, verify)).toBe(true);
    expect(await isPassword('any', null, false, verify)).toBe(false);
    expect(hashes).toEqual([]);
  });
});
