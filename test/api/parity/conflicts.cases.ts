import type { ParityCase } from './case.js';
import type { Action } from './door.js';

/** What the state of things does not allow: cycles, versions, keys, gates, leases. */
export const conflicts: readonly ParityCase[] = [
  {
    name: 'a dependency that closes a cycle',
    who: 'ada',
    does: async (w) => {
      const [a, b] = [await w.task(), await w.task()];
      return [
        { name: 'dependency.add', id: a, input: { dependsOn: b } },
        { name: 'dependency.add', id: b, input: { dependsOn: a } },
      ];
    },
    code: 'DEPENDENCY_CYCLE',
  },
  {
    name: 'a project key that is taken',
    who: 'ada',
    does: async (w) => ({
      name: 'project.create',
      input: { projectKey: await w.project(), name: 'x', teamId: w.team },
    }),
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'a member who is one already',
    who: 'ada',
    does: (w) => ({ name: 'member.add', id: w.team, input: { userId: w.people.bob.id } }),
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'the last owner who leaves',
    who: 'ada',
    does: (w) => ({ name: 'member.remove', id: w.team, part: w.people.ada.id }),
    code: 'RULE_VIOLATED',
  },
  {
    name: 'a team in use',
    who: 'ada',
    does: async (w) => {
      await w.task();
      return { name: 'team.delete', id: w.team };
    },
    code: 'IN_USE',
  },
  {
    name: 'an assignee who is no member',
    who: 'ada',
    does: (w) => ({ name: 'task.create', input: { title: 'x', teamId: w.team, assigneeId: w.people.stranger.id } }),
    code: 'RULE_VIOLATED',
  },
  {
    name: 'a validation that goes back',
    who: 'ada',
    does: async (w) => ({
      name: 'validation.update',
      id: await w.validation(),
      input: { validationStatus: 'running' },
    }),
    code: 'ILLEGAL_TRANSITION',
  },
  {
    name: 'a retry of what runs',
    who: 'ada',
    does: async (w) => ({ name: 'validation.retry', id: await w.validation('running') }),
    code: 'ILLEGAL_TRANSITION',
  },
  {
    name: 'a stale version, changing',
    who: 'ada',
    does: async (w) => {
      const id = await w.task();
      return [
        { name: 'task.update', id, input: { title: 'y' } },
        { name: 'task.update', id, input: { title: 'x' }, ifMatch: 1 },
      ];
    },
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version, deleting',
    who: 'ada',
    does: async (w) => ({ name: 'task.delete', id: await w.task(), ifMatch: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version, completing',
    who: 'ada',
    does: async (w) => ({ name: 'task.complete', id: await w.task(), ifMatch: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version of a team',
    who: 'ada',
    does: (w) => ({ name: 'team.update', id: w.team, input: { name: 'x' }, ifMatch: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version of an error',
    who: 'admin',
    does: async (w) => ({ name: 'error.resolve', id: await w.error(), input: {}, ifMatch: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a key used again for the same',
    who: 'ada',
    does: (w) => {
      const again: Action = { name: 'task.create', input: { title: 'once' }, key: w.word() };
      return [again, again];
    },
    code: 'OK',
    answers: { title: 'once' },
  },
  {
    name: 'a key used again for something else',
    who: 'ada',
    does: (w) => {
      const key = w.word();
      return [
        { name: 'task.create', input: { title: 'one' }, key },
        { name: 'task.create', input: { title: 'other' }, key },
      ];
    },
    code: 'IDEMPOTENCY_KEY_REUSED',
  },
  {
    name: 'a rehearsal keeps nothing',
    who: 'ada',
    does: (w) => {
      const type = w.word();
      return [
        { name: 'task.create', input: { title: 'x', type }, dryRun: true },
        { name: 'task.list', query: { type } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'a gate that is not passed',
    who: 'ada',
    does: async (w) => ({
      name: 'task.complete',
      id: await w.task({ projectKey: await w.project({ validationGate: { requiredTypes: ['testing'] } }) }),
    }),
    code: 'VALIDATION_GATE_FAILED',
  },
  {
    name: 'a fence that was never given',
    who: 'ada',
    does: async (w) => ({ name: 'task.update', id: await w.task(), input: { title: 'x' }, fence: 7 }),
    code: 'LEASE_LOST',
  },
  {
    name: 'a lease that was given back',
    who: 'ada',
    does: async (w) => {
      const { id, fence } = await w.claimed();
      return [
        { name: 'task.release', id, input: { fence } },
        { name: 'task.heartbeat', id, input: { fence } },
      ];
    },
    code: 'LEASE_LOST',
  },
  {
    name: 'an error merged into itself',
    who: 'admin',
    does: async (w) => {
      const id = await w.error();
      return { name: 'error.merge', id, input: { into: id } };
    },
    code: 'RULE_VIOLATED',
  },
];
