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
    does: (w) => ({ name: 'task.create', input: { title: w.word(), status: 'in-progress', priority: 'high' } }),
    code: 'OK',
    answers: { status: 'in_progress', priority: 8, version: 1 },
  },
  {
    name: 'reads a task',
    who: 'viewer',
    does: async (w) => ({ name: 'task.get', id: await w.task() }),
    code: 'OK',
    answers: { version: 1 },
  },
  {
    name: 'lists tasks',
    who: 'ada',
    does: async (w) => ({ name: 'task.list', query: { type: await typed(w), limit: 5, sort: '-priority' } }),
    code: 'OK',
    answers: [{ priority: 3 }],
  },
  {
    name: 'changes a task',
    who: 'bob',
    does: async (w) => ({ name: 'task.update', id: await w.task(), input: { title: 'changed' }, ifMatch: 1 }),
    code: 'OK',
    answers: { title: 'changed', version: 2 },
  },
  {
    name: 'replaces a task',
    who: 'ada',
    does: async (w) => ({ name: 'task.replace', id: await w.task({ priority: 9 }), input: { title: 'replaced' } }),
    code: 'OK',
    answers: { priority: 0 },
  },
  {
    name: 'deletes and restores a task',
    who: 'ada',
    does: async (w) => {
      const id = await w.task();
      return [
        { name: 'task.delete', id },
        { name: 'task.restore', id },
      ];
    },
    code: 'OK',
    answers: { version: 3 },
  },
  {
    name: 'completes a task',
    who: 'ada',
    does: async (w) => ({ name: 'task.complete', id: await w.task() }),
    code: 'OK',
    answers: { status: 'completed' },
  },
  {
    name: 'claims a task',
    who: 'ada',
    does: async (w) => ({ name: 'task.claim', input: { type: await typed(w) } }),
    code: 'OK',
    answers: { task: { status: 'in_progress' } },
  },
  {
    name: 'claims nothing when nothing is ready',
    who: 'ada',
    does: (w) => ({ name: 'task.claim', input: { type: w.word() } }),
    code: 'OK',
    answers: null,
  },
  {
    name: 'keeps a lease',
    who: 'ada',
    does: async (w) => {
      const { id, fence } = await w.claimed();
      return { name: 'task.heartbeat', id, input: { fence } };
    },
    code: 'OK',
  },
  {
    name: 'creates in bulk',
    who: 'ada',
    does: (w) => ({
      name: 'task.bulk',
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
    does: async (w) => ({ name: 'task.blockers', id: await w.task() }),
    code: 'OK',
    answers: { ready: true },
  },
  {
    name: 'adds a dependency',
    who: 'ada',
    does: async (w) => ({ name: 'dependency.add', id: await w.task(), input: { dependsOn: await w.task() } }),
    code: 'OK',
  },
  {
    name: 'comments on a task',
    who: 'bob',
    does: async (w) => ({ name: 'comment.add', id: await w.task(), input: { content: 'fine' } }),
    code: 'OK',
    answers: { content: 'fine' },
  },
  {
    name: 'adds a context',
    who: 'ada',
    does: async (w) => ({
      name: 'context.add',
      id: await w.task(),
      input: { contextType: 'note', contextData: { a: 1 } },
    }),
    code: 'OK',
  },
  {
    name: 'adds a workflow state',
    who: 'ada',
    does: async (w) => ({
      name: 'workflowState.add',
      id: await w.task(),
      input: { workflowName: 'ci', stepName: 'lint' },
    }),
    code: 'OK',
  },
  {
    name: 'creates a project',
    who: 'ada',
    does: (w) => ({ name: 'project.create', input: { projectKey: w.word(), name: 'a project', teamId: w.team } }),
    code: 'OK',
  },
  {
    name: 'asks what to do next',
    who: 'viewer',
    does: async (w) => {
      const projectKey = await w.project();
      await w.task({ projectKey });
      return { name: 'task.next', query: { projectKey } };
    },
    code: 'OK',
    answers: [{}],
  },
  {
    name: 'finds a project',
    who: 'viewer',
    does: async (w) => ({ name: 'project.list', query: { projectKey: await w.project() } }),
    code: 'OK',
    answers: [{}],
  },
  {
    name: 'renames a project',
    who: 'bob',
    does: async (w) => ({ name: 'project.update', id: await w.project(), input: { name: 'renamed' } }),
    code: 'OK',
    answers: { name: 'renamed' },
  },
  {
    name: 'deletes a project',
    who: 'ada',
    does: async (w) => {
      const id = await w.project();
      return [
        { name: 'project.delete', id },
        { name: 'project.list', query: { projectKey: id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'lists errors',
    who: 'viewer',
    does: async (w) => ({ name: 'error.list', query: { id: await w.error() } }),
    code: 'OK',
    answers: [{}],
  },
  {
    name: 'creates a team',
    who: 'ada',
    does: () => ({ name: 'team.create', input: { name: 'another team' } }),
    code: 'OK',
    answers: { name: 'another team' },
  },
  {
    name: 'records a validation',
    who: 'ada',
    does: async (w) => ({
      name: 'validation.create',
      input: { taskId: await w.task(), validationType: 'testing', validationStatus: 'passed' },
    }),
    code: 'OK',
    answers: { validationStatus: 'passed' },
  },
  {
    name: 'records a validation that it may not read',
    who: 'robot',
    does: async (w) => ({ name: 'validation.create', input: { taskId: await w.task(), validationType: 'testing' } }),
    code: 'OK',
  },
  {
    name: 'reports an error',
    who: 'admin',
    does: (w) => ({ name: 'error.record', input: { teamId: w.team, errorMessage: 'it failed', errorCode: w.word() } }),
    code: 'OK',
    answers: { isNew: true },
  },
  {
    name: 'resolves an error',
    who: 'admin',
    does: async (w) => ({ name: 'error.resolve', id: await w.error(), input: {} }),
    code: 'OK',
    answers: { resolutionStatus: 'resolved' },
  },
  {
    name: 'reads analytics',
    who: 'viewer',
    does: () => ({ name: 'analytics.tasks', query: { window: '7d', groupBy: 'status' } }),
    code: 'OK',
  },
  {
    name: 'reads the trail of teams it manages',
    who: 'ada',
    does: () => ({ name: 'audit.list', query: { limit: 1 } }),
    code: 'OK',
  },
  { name: 'asks who it is', who: 'robot', does: () => ({ name: 'me.get' }), code: 'OK' },
  {
    name: 'finds team mates',
    who: 'bob',
    does: () => ({ name: 'user.list', query: { username: 'ada' } }),
    code: 'OK',
    answers: [{ username: 'ada' }],
  },
  {
    name: 'lists roles',
    who: 'viewer',
    does: () => ({ name: 'role.list', query: { name: 'viewer' } }),
    code: 'OK',
    answers: [{ name: 'viewer' }],
  },
  { name: 'makes a key', who: 'ada', does: (w) => ({ name: 'key.create', input: { name: w.word() } }), code: 'OK' },
];
