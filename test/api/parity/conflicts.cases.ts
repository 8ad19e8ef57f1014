import type { ParityCase } from './case.js';
import type { Action } from './surface.js';

/** What the state of things does not allow: cycles, versions, keys, gates, leases. */
export const conflicts: readonly ParityCase[] = [
  {
    name: 'a dependency that closes a cycle',
    who: 'ada',
    does: async (w) => {
      const [a, b] = [await w.task(), await w.task()];
      return [
        { operation: 'addTaskDependency', params: { id: a }, input: { dependsOn: b } },
        { operation: 'addTaskDependency', params: { id: b }, input: { dependsOn: a } },
      ];
    },
    code: 'DEPENDENCY_CYCLE',
  },
  {
    name: 'a project key that is taken',
    who: 'ada',
    does: async (w) => ({
      operation: 'createProject',
      input: { projectKey: await w.project(), name: 'x', teamId: w.team },
    }),
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'a tag that differs from another one in case only',
    who: 'ada',
    does: (w) => {
      const name = w.word();
      return [name, name.toUpperCase()].map((one) => ({
        operation: 'createTag',
        input: { name: one, teamId: w.team },
      }));
    },
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'a role whose name is taken',
    who: 'admin',
    does: () => ({ operation: 'createRole', input: { name: 'viewer', permissions: [] } }),
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'a built-in role that loses its name and a permission',
    who: 'admin',
    does: async (w) => ({
      operation: 'updateRole',
      params: { id: await w.role('viewer') },
      input: { name: 'watcher', permissions: ['tasks:read', 'errors:read'] },
    }),
    code: 'RULE_VIOLATED',
    problems: ['RULE_VIOLATED', 'RULE_VIOLATED'],
  },
  {
    name: 'a built-in role that is deleted',
    who: 'admin',
    does: async (w) => ({ operation: 'deleteRole', params: { id: await w.role('reporter') } }),
    code: 'RULE_VIOLATED',
  },
  {
    name: 'a service account whose handle is taken',
    who: 'ada',
    does: (w) => {
      const input = { handle: w.word(), name: 'Agent' };
      return [
        { operation: 'createServiceAccount', input },
        { operation: 'createServiceAccount', input },
      ];
    },
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'a service account in a team of strangers',
    who: 'bob',
    does: (w) => ({
      operation: 'createServiceAccount',
      input: { handle: w.word(), name: 'Agent', teamIds: [w.people.stranger.teamId] },
    }),
    code: 'RULE_VIOLATED',
  },
  {
    name: 'a member who is one already',
    who: 'admin',
    does: (w) => ({ operation: 'addTeamMember', params: { id: w.team }, input: { userId: w.people.bob.id } }),
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'an identity that is linked already',
    who: 'admin',
    does: (w) => {
      const input = { issuer: `https://${w.word()}.example`, subject: 'somebody' };
      return [w.people.ada, w.people.bob].map(({ id }) => ({ operation: 'linkUserIdentity', params: { id }, input }));
    },
    code: 'ALREADY_EXISTS',
  },
  {
    name: 'the last owner who leaves',
    who: 'ada',
    does: (w) => ({ operation: 'removeTeamMember', params: { id: w.team, userId: w.people.ada.id } }),
    code: 'RULE_VIOLATED',
  },
  {
    name: 'somebody who leaves their personal team',
    who: 'bob',
    does: ({ people: { bob } }) => ({ operation: 'removeTeamMember', params: { id: bob.teamId, userId: bob.id } }),
    code: 'RULE_VIOLATED',
  },
  {
    name: 'a default team of strangers',
    who: 'bob',
    does: (w) => ({ operation: 'updateMe', input: { defaultTeamId: w.people.stranger.teamId } }),
    code: 'RULE_VIOLATED',
    problems: ['RULE_VIOLATED'],
  },
  {
    name: 'a password that is not the present one',
    who: 'bob',
    does: () => ({
      operation: 'changePassword',
      input: { currentPassword: 'none', newPassword: 'a walk beside the river' },
    }),
    code: 'RULE_VIOLATED',
    problems: ['WRONG_PASSWORD'],
  },
  {
    name: 'a project key of several teams',
    who: 'bob',
    does: async (w) => ({ operation: 'getProject', params: { key: await w.ambiguousProject() } }),
    code: 'AMBIGUOUS_PROJECT',
    problems: ['CHOICE', 'CHOICE'],
  },
  {
    name: 'work in a project of several teams',
    who: 'bob',
    does: async (w) => ({ operation: 'claimTask', input: { projectKey: await w.ambiguousProject() } }),
    code: 'AMBIGUOUS_PROJECT',
  },
  {
    name: 'a team in use',
    who: 'ada',
    does: async (w) => {
      await w.task();
      return { operation: 'deleteTeam', params: { id: w.team } };
    },
    code: 'IN_USE',
  },
  {
    name: 'an assignee who is no member',
    who: 'ada',
    does: (w) => ({ operation: 'createTask', input: { title: 'x', teamId: w.team, assigneeId: w.people.stranger.id } }),
    code: 'RULE_VIOLATED',
  },
  {
    name: 'a validation that goes back',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateValidation',
      params: { id: await w.validation() },
      input: { validationStatus: 'running' },
    }),
    code: 'ILLEGAL_TRANSITION',
  },
  {
    name: 'a retry of what runs',
    who: 'ada',
    does: async (w) => ({ operation: 'retryValidation', params: { id: await w.validation('running') } }),
    code: 'ILLEGAL_TRANSITION',
  },
  {
    name: 'a stale version, changing',
    who: 'ada',
    does: async (w) => {
      const id = await w.task();
      return [
        { operation: 'updateTask', params: { id }, input: { title: 'y' } },
        { operation: 'updateTask', params: { id }, input: { title: 'x' }, version: 1 },
      ];
    },
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version, deleting',
    who: 'ada',
    does: async (w) => ({ operation: 'deleteTask', params: { id: await w.task() }, version: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version, completing',
    who: 'ada',
    does: async (w) => ({ operation: 'completeTask', params: { id: await w.task() }, version: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version of a team',
    who: 'ada',
    does: (w) => ({ operation: 'updateTeam', params: { id: w.team }, input: { name: 'x' }, version: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a stale version of an error',
    who: 'admin',
    does: async (w) => ({ operation: 'resolveError', params: { id: await w.error() }, input: {}, version: 9 }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a key used again for the same',
    who: 'ada',
    does: (w) => {
      const again: Action = { operation: 'createTask', input: { title: 'once' }, key: w.word() };
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
        { operation: 'createTask', input: { title: 'one' }, key },
        { operation: 'createTask', input: { title: 'other' }, key },
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
        { operation: 'createTask', input: { title: 'x', type }, dryRun: true },
        { operation: 'listTasks', list: { type } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'a gate that is not passed',
    who: 'ada',
    does: async (w) => ({
      operation: 'completeTask',
      params: { id: await w.task({ projectKey: await w.project({ validationGate: { requiredTypes: ['testing'] } }) }) },
    }),
    code: 'VALIDATION_GATE_FAILED',
  },
  {
    name: 'a fence that was never given',
    who: 'ada',
    does: async (w) => ({ operation: 'updateTask', params: { id: await w.task() }, input: { title: 'x' }, fence: 7 }),
    code: 'LEASE_LOST',
  },
  {
    name: 'a lease that was given back',
    who: 'ada',
    does: async (w) => {
      const { id, fence } = await w.claimed();
      return [
        { operation: 'releaseTask', params: { id }, input: { fence } },
        { operation: 'heartbeatTask', params: { id }, input: { fence } },
      ];
    },
    code: 'LEASE_LOST',
  },
  {
    name: 'an error merged into itself',
    who: 'admin',
    does: async (w) => {
      const id = await w.error();
      return { operation: 'mergeError', params: { id }, input: { into: id } };
    },
    code: 'RULE_VIOLATED',
  },
];
