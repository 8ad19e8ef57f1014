import type { ParityCase } from './case.js';

const FORBIDDEN = 'FORBIDDEN';

/** What the caller may not do. */
export const forbidden: readonly ParityCase[] = [
  {
    name: 'a viewer who creates',
    who: 'viewer',
    does: () => ({ operation: 'createTask', input: { title: 'x' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a viewer who changes',
    who: 'viewer',
    does: async (w) => ({ operation: 'updateTask', params: { id: await w.task() }, input: { title: 'x' } }),
    code: FORBIDDEN,
  },
  { name: 'a viewer who claims', who: 'viewer', does: () => ({ operation: 'claimTask', input: {} }), code: FORBIDDEN },
  {
    name: 'a key that only reads tasks, creating',
    who: 'narrow',
    does: () => ({ operation: 'createTask', input: { title: 'x' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a key that only reads tasks, revoking a grant',
    who: 'narrow',
    does: async (w) => ({ operation: 'revokeOauthGrant', params: { id: await w.oauthGrant() } }),
    code: FORBIDDEN,
  },
  {
    name: 'a key that only reads tasks, reading validations',
    who: 'narrow',
    does: () => ({ operation: 'listValidations' }),
    code: FORBIDDEN,
  },
  {
    name: 'a robot who reads validations',
    who: 'robot',
    does: async (w) => ({ operation: 'getValidation', params: { id: await w.validation() } }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who reports errors',
    who: 'ada',
    does: (w) => ({ operation: 'recordError', input: { teamId: w.team, errorMessage: 'x' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who creates users',
    who: 'ada',
    does: () => ({ operation: 'createUser', input: { email: 'a@example.test', name: 'A' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who erases a team mate',
    who: 'ada',
    does: (w) => ({ operation: 'deleteUser', params: { id: w.people.bob.id } }),
    code: FORBIDDEN,
  },
  {
    name: 'a key with scopes that erases its owner',
    who: 'narrow',
    does: () => ({ operation: 'deleteMe', input: {} }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who links an identity',
    who: 'ada',
    does: (w) => ({ operation: 'linkUserIdentity', params: { id: w.people.ada.id }, input: { subject: 'ada' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who lists the identities of a team mate',
    who: 'ada',
    does: (w) => ({ operation: 'listUserIdentities', params: { id: w.people.bob.id } }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who creates roles',
    who: 'ada',
    does: () => ({ operation: 'createRole', input: { name: 'mine', permissions: ['*'] } }),
    code: FORBIDDEN,
  },
  {
    name: 'a member who makes an ingest key',
    who: 'bob',
    does: async (w) => ({
      operation: 'createIngestKey',
      params: { key: await w.project(), teamId: w.team },
      input: { name: 'mine' },
    }),
    code: FORBIDDEN,
  },
  {
    name: 'a narrowed key that creates a service account',
    who: 'narrow',
    does: () => ({ operation: 'createServiceAccount', input: { handle: 'mine', name: 'Mine' } }),
    code: FORBIDDEN,
  },
  {
    name: 'an owner who adds a member',
    who: 'ada',
    does: (w) => ({ operation: 'addTeamMember', params: { id: w.team }, input: { userId: w.people.stranger.id } }),
    code: FORBIDDEN,
  },
  {
    name: 'a viewer who removes a member',
    who: 'viewer',
    does: (w) => ({ operation: 'removeTeamMember', params: { id: w.team, userId: w.people.bob.id } }),
    code: FORBIDDEN,
  },
  {
    name: 'a narrowed key that chooses a default team',
    who: 'narrow',
    does: (w) => ({ operation: 'updateMe', input: { defaultTeamId: w.team } }),
    code: FORBIDDEN,
  },
  {
    name: 'a narrowed key that changes the password',
    who: 'narrow',
    does: () => ({
      operation: 'changePassword',
      input: { currentPassword: 'none', newPassword: 'a walk beside the river' },
    }),
    code: FORBIDDEN,
  },
  { name: 'a narrowed key on the trail', who: 'narrow', does: () => ({ operation: 'listAudit' }), code: FORBIDDEN },
  {
    name: 'a key for errors alone, on tasks',
    who: 'reporter',
    does: () => ({ operation: 'listTasks' }),
    code: FORBIDDEN,
  },
  {
    name: "somebody else's comment",
    who: 'bob',
    does: async (w) => {
      const id = await w.task();
      const { id: commentId } = await w.of(w.rest.post<{ id: string }>(`/tasks/${id}/comments`, { content: 'mine' }));
      return { operation: 'updateTaskComment', params: { id, commentId }, input: { content: 'yours' } };
    },
    code: FORBIDDEN,
  },
  { name: 'nobody', who: 'nobody', does: () => ({ operation: 'listTasks' }), code: 'UNAUTHENTICATED' },
  {
    name: 'a revoked key',
    who: 'revoked',
    does: () => ({ operation: 'createTask', input: { title: 'x' } }),
    code: 'UNAUTHENTICATED',
  },
];
