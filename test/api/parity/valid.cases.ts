import type { ParityCase } from './case.js';
import { ABSENT } from './case.js';
import type { World } from './world.js';

async function typed(world: World): Promise<string> {
  const type = world.word();
  await world.task({ type, priority: 3 });
  return type;
}

/** What is done. */
export const valid: readonly ParityCase[] = [
  {
    name: 'creates a task',
    who: 'ada',
    does: (w) => ({ operation: 'createTask', input: { title: w.word(), status: 'in-progress', priority: 'high' } }),
    code: 'OK',
    answers: { status: 'in_progress', priority: 8, version: 1 },
  },
  {
    name: 'reads a task',
    who: 'viewer',
    does: async (w) => ({ operation: 'getTask', params: { id: await w.task() } }),
    code: 'OK',
    answers: { version: 1 },
  },
  {
    name: 'lists tasks',
    who: 'ada',
    does: async (w) => ({ operation: 'listTasks', list: { type: await typed(w), limit: 5, sort: '-priority' } }),
    code: 'OK',
    answers: [{ priority: 3 }],
  },
  {
    name: 'changes a task',
    who: 'bob',
    does: async (w) => ({
      operation: 'updateTask',
      params: { id: await w.task() },
      input: { title: 'changed' },
      version: 1,
    }),
    code: 'OK',
    answers: { title: 'changed', version: 2 },
  },
  {
    name: 'replaces a task',
    who: 'ada',
    does: async (w) => ({
      operation: 'replaceTask',
      params: { id: await w.task({ priority: 9 }) },
      input: { title: 'replaced' },
    }),
    code: 'OK',
    answers: { priority: 0 },
  },
  {
    name: 'deletes and restores a task',
    who: 'ada',
    does: async (w) => {
      const id = await w.task();
      return [
        { operation: 'deleteTask', params: { id } },
        { operation: 'restoreTask', params: { id } },
      ];
    },
    code: 'OK',
    answers: { version: 3 },
  },
  {
    name: 'completes a task',
    who: 'ada',
    does: async (w) => ({ operation: 'completeTask', params: { id: await w.task() } }),
    code: 'OK',
    answers: { status: 'completed' },
  },
  {
    name: 'claims a task',
    who: 'ada',
    does: async (w) => ({ operation: 'claimTask', input: { teamId: w.team, type: await typed(w) } }),
    code: 'OK',
    answers: { task: { status: 'in_progress' } },
  },
  {
    name: 'claims nothing when nothing is ready',
    who: 'ada',
    does: (w) => ({ operation: 'claimTask', input: { type: w.word() } }),
    code: 'OK',
    answers: null,
  },
  {
    name: 'keeps a lease',
    who: 'ada',
    does: async (w) => {
      const { id, fence } = await w.claimed();
      return { operation: 'heartbeatTask', params: { id }, input: { fence } };
    },
    code: 'OK',
  },
  {
    name: 'creates in bulk',
    who: 'ada',
    does: (w) => ({
      operation: 'changeTasksInBulk',
      input: {
        operations: [
          { op: 'create', task: { title: w.word() } },
          { op: 'delete', id: ABSENT },
        ],
      },
    }),
    code: 'OK',
    answers: [{ status: 201 }, { status: 404 }],
  },
  {
    name: 'explains a task',
    who: 'viewer',
    does: async (w) => ({ operation: 'getTaskBlockers', params: { id: await w.task() } }),
    code: 'OK',
    answers: { ready: true },
  },
  {
    name: 'adds a dependency',
    who: 'ada',
    does: async (w) => ({
      operation: 'addTaskDependency',
      params: { id: await w.task() },
      input: { dependsOn: await w.task() },
    }),
    code: 'OK',
  },
  {
    name: 'comments on a task',
    who: 'bob',
    does: async (w) => ({ operation: 'addTaskComment', params: { id: await w.task() }, input: { content: 'fine' } }),
    code: 'OK',
    answers: { content: 'fine' },
  },
  {
    name: 'adds a context',
    who: 'ada',
    does: async (w) => ({
      operation: 'addTaskContext',
      params: { id: await w.task() },
      input: { contextType: 'note', contextData: { a: 1 } },
    }),
    code: 'OK',
  },
  {
    name: 'adds a workflow state',
    who: 'ada',
    does: async (w) => ({
      operation: 'addWorkflowState',
      params: { id: await w.task() },
      input: { workflowName: 'ci', stepName: 'lint' },
    }),
    code: 'OK',
  },
  {
    name: 'creates a project',
    who: 'ada',
    does: (w) => ({ operation: 'createProject', input: { projectKey: w.word(), name: 'a project', teamId: w.team } }),
    code: 'OK',
  },
  {
    name: 'asks what to do next',
    who: 'viewer',
    does: async (w) => {
      const projectKey = await w.project();
      await w.task({ projectKey });
      return { operation: 'nextTasks', params: { projectKey } };
    },
    code: 'OK',
    answers: [{}],
  },
  {
    name: 'finds a project',
    who: 'viewer',
    does: async (w) => ({ operation: 'listProjects', list: { projectKey: await w.project() } }),
    code: 'OK',
    answers: [{}],
  },
  {
    name: 'renames a project',
    who: 'bob',
    does: async (w) => ({ operation: 'updateProject', params: { key: await w.project() }, input: { name: 'renamed' } }),
    code: 'OK',
    answers: { name: 'renamed' },
  },
  {
    name: 'deletes a project',
    who: 'ada',
    does: async (w) => {
      const id = await w.project();
      return [
        { operation: 'deleteProject', params: { key: id } },
        { operation: 'listProjects', list: { projectKey: id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'lists errors',
    who: 'viewer',
    does: async (w) => ({ operation: 'listErrors', list: { id: await w.error() } }),
    code: 'OK',
    answers: [{}],
  },
  {
    name: 'creates a team',
    who: 'ada',
    does: () => ({ operation: 'createTeam', input: { name: 'another team' } }),
    code: 'OK',
    answers: { name: 'another team' },
  },
  {
    name: 'records a validation',
    who: 'ada',
    does: async (w) => ({
      operation: 'createValidation',
      input: { taskId: await w.task(), validationType: 'testing', validationStatus: 'passed' },
    }),
    code: 'OK',
    answers: { validationStatus: 'passed' },
  },
  {
    name: 'records a validation that it may not read',
    who: 'robot',
    does: async (w) => ({
      operation: 'createValidation',
      input: { taskId: await w.task(), validationType: 'testing' },
    }),
    code: 'OK',
  },
  {
    name: 'reports an error',
    who: 'admin',
    does: (w) => ({
      operation: 'recordError',
      input: { teamId: w.team, errorMessage: 'it failed', errorCode: w.word() },
    }),
    code: 'OK',
    answers: { isNew: true },
  },
  {
    name: 'resolves an error',
    who: 'admin',
    does: async (w) => ({ operation: 'resolveError', params: { id: await w.error() }, input: {} }),
    code: 'OK',
    answers: { resolutionStatus: 'resolved' },
  },
  {
    name: 'reads analytics',
    who: 'viewer',
    does: () => ({ operation: 'getTaskAnalytics', params: { window: '7d', groupBy: 'status' } }),
    code: 'OK',
  },
  {
    name: 'reads the trail of teams it manages',
    who: 'ada',
    does: () => ({ operation: 'listAudit', list: { limit: 1 } }),
    code: 'OK',
  },
  { name: 'asks who it is', who: 'robot', does: () => ({ operation: 'getMe' }), code: 'OK' },
  {
    name: 'finds team mates',
    who: 'bob',
    does: () => ({ operation: 'listUsers', list: { username: 'ada' } }),
    code: 'OK',
    answers: [{ username: 'ada' }],
  },
  {
    name: 'lists roles',
    who: 'viewer',
    does: () => ({ operation: 'listRoles', list: { name: 'viewer' } }),
    code: 'OK',
    answers: [{ name: 'viewer' }],
  },
  {
    name: 'makes a key',
    who: 'ada',
    does: (w) => ({ operation: 'createApiKey', input: { name: w.word() } }),
    code: 'OK',
  },
];
