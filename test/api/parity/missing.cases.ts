import type { ParityCase } from './case.js';
import { ABSENT } from './case.js';

const MISSING = 'NOT_FOUND';

/** What is not there, or not visible: the two look the same. */
export const missing: readonly ParityCase[] = [
  { name: 'no such task', who: 'ada', does: () => ({ operation: 'getTask', params: { id: ABSENT } }), code: MISSING },
  {
    name: 'an identity of nobody',
    who: 'admin',
    does: (w) => ({ operation: 'removeUserIdentity', params: { id: w.people.ada.id, identityId: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'the identities of somebody out of sight',
    who: 'stranger',
    does: (w) => ({ operation: 'listUserIdentities', params: { id: w.people.ada.id } }),
    code: MISSING,
  },
  {
    name: 'a task of another team',
    who: 'stranger',
    does: async (w) => ({ operation: 'getTask', params: { id: await w.task() } }),
    code: MISSING,
  },
  {
    name: 'a change of a task of another team',
    who: 'stranger',
    does: async (w) => ({ operation: 'updateTask', params: { id: await w.task() }, input: { title: 'x' } }),
    code: MISSING,
  },
  {
    name: 'a deleted task',
    who: 'ada',
    does: async (w) => {
      const id = await w.task();
      return [
        { operation: 'deleteTask', params: { id } },
        { operation: 'getTask', params: { id } },
      ];
    },
    code: MISSING,
  },
  {
    name: 'a deletion of nothing',
    who: 'ada',
    does: () => ({ operation: 'deleteTask', params: { id: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'a restoration of nothing',
    who: 'ada',
    does: () => ({ operation: 'restoreTask', params: { id: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'a task in no such project',
    who: 'ada',
    does: (w) => ({ operation: 'createTask', input: { title: 'x', projectKey: w.word() } }),
    code: MISSING,
  },
  {
    name: 'a task in a team of others',
    who: 'stranger',
    does: (w) => ({ operation: 'createTask', input: { title: 'x', teamId: w.team } }),
    code: MISSING,
  },
  {
    name: 'a dependency on nothing',
    who: 'ada',
    does: async (w) => ({
      operation: 'addTaskDependency',
      params: { id: await w.task() },
      input: { dependsOn: ABSENT },
    }),
    code: MISSING,
  },
  {
    name: 'a dependency that is not there',
    who: 'ada',
    does: async (w) => ({ operation: 'removeTaskDependency', params: { id: await w.task(), dependsOn: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'comments of nothing',
    who: 'ada',
    does: () => ({ operation: 'listTaskComments', params: { id: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'no such project',
    who: 'ada',
    does: (w) => ({ operation: 'getProject', params: { key: w.word() } }),
    code: MISSING,
  },
  {
    name: 'a project of another team',
    who: 'stranger',
    does: async (w) => ({ operation: 'getProject', params: { key: await w.project() } }),
    code: MISSING,
  },
  {
    name: 'a team of others',
    who: 'stranger',
    does: (w) => ({ operation: 'getTeam', params: { id: w.team } }),
    code: MISSING,
  },
  {
    name: 'no such validation',
    who: 'ada',
    does: () => ({ operation: 'getValidation', params: { id: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'a validation of a task of another team',
    who: 'stranger',
    does: async (w) => ({
      operation: 'createValidation',
      input: { taskId: await w.task(), validationType: 'testing' },
    }),
    code: MISSING,
  },
  {
    name: 'no such error',
    who: 'viewer',
    does: () => ({ operation: 'getError', params: { id: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'the history of nothing',
    who: 'ada',
    does: () => ({ operation: 'getTaskHistory', params: { id: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'no such key',
    who: 'ada',
    does: () => ({ operation: 'revokeApiKey', params: { id: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'a grant of somebody else',
    who: 'stranger',
    does: async (w) => ({ operation: 'revokeOauthGrant', params: { id: await w.oauthGrant() } }),
    code: MISSING,
  },
];
