import { expect } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { hashPassword } from '../../../src/modules/identity/passwords.js';
import { Client } from '../../support/client.js';
import type { ParityCase } from './case.js';
import { ABSENT } from './case.js';
import type { World } from './world.js';

const currentPassword = 'a walk beside the river';

/** Bob has a password and no second factor. */
async function without(w: World): Promise<Client> {
  await w.app.sql('delete from public.second_factors where user_id = $1', [w.people.bob.id]);
  await w.app.sql('update public.users set password_hash = $2 where id = $1', [
    w.people.bob.id,
    await hashPassword(currentPassword),
  ]);
  return new Client(w.app.url, w.people.bob);
}

/** Bob has one to confirm; a code of it that was not used. */
async function started(w: World): Promise<string> {
  const bob = await without(w);
  const { secret } = await w.of(bob.post<{ secret: string }>('/auth/second-factor', { currentPassword }));
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate();
}

/** Bob has one; a recovery code of it. */
async function confirmed(w: World): Promise<string> {
  const code = await started(w);
  const bob = new Client(w.app.url, w.people.bob);
  const { recoveryCodes } = await w.of(bob.post<{ recoveryCodes: string[] }>('/auth/second-factor/confirm', { code }));
  return recoveryCodes[0] ?? '';
}

/** Second factors: valid, forbidden, missing and conflicting uses. */
export const secondFactors: readonly ParityCase[] = [
  {
    name: 'starts a second factor',
    who: 'bob',
    does: async (w) => {
      await without(w);
      return { operation: 'startSecondFactor', input: { currentPassword } };
    },
    code: 'OK',
    answers: { secret: expect.any(String), uri: expect.stringMatching(/^otpauth:/) },
  },
  {
    name: 'confirms a second factor',
    who: 'bob',
    does: async (w) => ({ operation: 'confirmSecondFactor', input: { code: await started(w) } }),
    code: 'OK',
    answers: { recoveryCodes: expect.any(Array) },
  },
  {
    name: 'replaces recovery codes',
    who: 'bob',
    does: async (w) => ({ operation: 'replaceRecoveryCodes', input: { code: await confirmed(w) } }),
    code: 'OK',
    answers: { recoveryCodes: expect.any(Array) },
  },
  {
    name: 'removes a second factor',
    who: 'bob',
    does: async (w) => ({ operation: 'removeSecondFactor', input: { code: await confirmed(w) } }),
    code: 'OK',
  },
  {
    name: 'removes the second factor of somebody else',
    who: 'admin',
    does: async (w) => {
      await confirmed(w);
      return { operation: 'removeSecondFactorOfUser', params: { id: w.people.bob.id } };
    },
    code: 'OK',
  },
  {
    name: 'a second factor with a wrong password',
    who: 'bob',
    does: async (w) => {
      await without(w);
      return { operation: 'startSecondFactor', input: { currentPassword: 'wrong' } };
    },
    code: 'RULE_VIOLATED',
    problems: ['WRONG_PASSWORD'],
  },
  {
    name: 'a second factor that there is not, confirmed',
    who: 'bob',
    does: async (w) => {
      await without(w);
      return { operation: 'confirmSecondFactor', input: { code: '123456' } };
    },
    code: 'CONFLICT',
  },
  {
    name: 'a narrowed key that removes a second factor',
    who: 'narrow',
    does: () => ({ operation: 'removeSecondFactor', input: { code: '123456' } }),
    code: 'FORBIDDEN',
  },
  {
    name: 'the second factor of a user that there is not',
    who: 'admin',
    does: () => ({ operation: 'removeSecondFactorOfUser', params: { id: ABSENT } }),
    code: 'NOT_FOUND',
  },
];
