import type { ParityCase } from './case.js';

const FORBIDDEN = 'FORBIDDEN';

/** What the caller may not do. */
export const forbidden: readonly ParityCase[] = [
  {
    name: 'a viewer who creates',
    who: 'viewer',
    does: () => ({ name: 'task.create', input: { title: 'x' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a viewer who changes',
    who: 'viewer',
    does: async (w) => ({ name: 'task.update', id: await w.task(), input: { title: 'x' } }),
    code: FORBIDDEN,
  },
  { name: 'a viewer who claims', who: 'viewer', does: () => ({ name: 'task.claim', input: {} }), code: FORBIDDEN },
  {
    name: 'a key that only reads tasks, creating',
    who: 'narrow',
    does: () => ({ name: 'task.create', input: { title: 'x' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a key that only reads tasks, reading validations',
    who: 'narrow',
    does: () => ({ name: 'validation.list' }),
    code: FORBIDDEN,
  },
  {
    name: 'a robot who reads validations',
    who: 'robot',
    does: async (w) => ({ name: 'validation.get', id: await w.validation() }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who reports errors',
    who: 'ada',
    does: (w) => ({ name: 'error.record', input: { teamId: w.team, errorMessage: 'x' } }),
    code: FORBIDDEN,
  },
  {
    name: 'a developer who creates users',
    who: 'ada',
    does: () => ({ name: 'user.create', input: { email: 'a@example.test', name: 'A' } }),
    code: FORBIDDEN,
  },
  { name: 'a narrowed key on the trail', who: 'narrow', does: () => ({ name: 'audit.list' }), code: FORBIDDEN },
  { name: 'a key for errors alone, on tasks', who: 'reporter', does: () => ({ name: 'task.list' }), code: FORBIDDEN },
  {
    name: "somebody else's comment",
    who: 'bob',
    does: async (w) => {
      const id = await w.task();
      const { id: part } = await w.of(w.rest.post<{ id: string }>(`/tasks/${id}/comments`, { content: 'mine' }));
      return { name: 'comment.update', id, part, input: { content: 'yours' } };
    },
    code: FORBIDDEN,
  },
  { name: 'nobody', who: 'nobody', does: () => ({ name: 'task.list' }), code: 'UNAUTHENTICATED' },
  {
    name: 'a revoked key',
    who: 'revoked',
    does: () => ({ name: 'task.create', input: { title: 'x' } }),
    code: 'UNAUTHENTICATED',
  },
];
