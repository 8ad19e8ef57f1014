import { expect } from '@jest/globals';
import type { ParityCase } from './case.js';
import { ABSENT } from './case.js';

/** Invitations: valid, invalid, forbidden, missing and conflicting uses. */
export const invites: readonly ParityCase[] = [
  {
    name: 'invites to a team',
    who: 'ada',
    does: (w) => ({ operation: 'createInvite', input: { teamId: w.team, email: `${w.word()}@example.test` } }),
    code: 'OK',
    answers: { role: 'member', status: 'open', teamId: expect.any(String) },
  },
  {
    name: 'reads an invitation',
    who: 'bob',
    does: async (w) => ({ operation: 'getInvite', params: { id: await w.invite() } }),
    code: 'OK',
    answers: { role: 'member', status: 'open' },
  },
  {
    name: 'lists invitations',
    who: 'ada',
    does: async (w) => {
      const id = await w.invite();
      return { operation: 'listInvites', list: { id, status: 'open' } };
    },
    code: 'OK',
    answers: [{ status: 'open' }],
  },
  {
    name: 'sends an invitation again',
    who: 'ada',
    does: async (w) => ({ operation: 'resendInvite', params: { id: await w.invite() } }),
    code: 'OK',
    answers: { status: 'open' },
  },
  {
    name: 'revokes an invitation',
    who: 'ada',
    does: async (w) => {
      const id = await w.invite();
      return [
        { operation: 'revokeInvite', params: { id } },
        { operation: 'listInvites', list: { id } },
      ];
    },
    code: 'OK',
    answers: [{ status: 'revoked' }],
  },
  {
    name: 'asks for a mail that verifies an address',
    who: 'bob',
    does: () => ({ operation: 'requestEmailVerification', dryRun: true }),
    code: 'OK',
  },
  {
    name: 'an invitation without an address, to a role that there is not',
    who: 'ada',
    does: (w) => ({ operation: 'createInvite', input: { teamId: w.team, email: 'nobody', role: 'owner' } }),
    code: 'VALIDATION_FAILED',
  },
  {
    name: 'an invitation by a member who does not manage the team',
    who: 'bob',
    does: (w) => ({ operation: 'createInvite', input: { teamId: w.team, email: 'new@example.test' } }),
    code: 'FORBIDDEN',
  },
  {
    name: 'an invitation to the service by a user',
    who: 'ada',
    does: () => ({ operation: 'createInvite', input: { email: 'new@example.test' } }),
    code: 'FORBIDDEN',
  },
  {
    name: 'a narrowed key that asks for a mail',
    who: 'narrow',
    does: () => ({ operation: 'requestEmailVerification' }),
    code: 'FORBIDDEN',
  },
  {
    name: 'an invitation of another team',
    who: 'stranger',
    does: async (w) => ({ operation: 'getInvite', params: { id: await w.invite() } }),
    code: 'NOT_FOUND',
  },
  {
    name: 'an invitation that there is not',
    who: 'ada',
    does: () => ({ operation: 'revokeInvite', params: { id: ABSENT } }),
    code: 'NOT_FOUND',
  },
  {
    name: 'an address that is invited already',
    who: 'ada',
    does: async (w) => {
      const email = `${w.word()}@example.test`;
      await w.of(w.rest.post('/auth/invite', { teamId: w.team, email }));
      return { operation: 'createInvite', input: { teamId: w.team, email } };
    },
    code: 'ALREADY_EXISTS',
    problems: ['ALREADY_EXISTS'],
  },
  {
    name: 'an invitation that was revoked, sent again',
    who: 'ada',
    does: async (w) => {
      const id = await w.invite();
      await w.of(w.rest.delete(`/invites/${id}`));
      return { operation: 'resendInvite', params: { id } };
    },
    code: 'RULE_VIOLATED',
  },
];
