import { expect } from '@jest/globals';
import type { ParityCase } from './case.js';
import type { World } from './world.js';

interface ProjectTask {
  readonly key: string;
  readonly ref: string;
}

async function projectTask(w: World): Promise<ProjectTask> {
  const key = await w.project();
  await w.task({ projectKey: key });
  return { key, ref: '1' };
}

/** A task and one resource below it, as the parameters that address the resource. */
async function part(w: World, path: string, parameter: string, body: object): Promise<Record<string, string>> {
  const id = await w.task();
  const made = await w.of(w.rest.post<{ id: string }>(`/tasks/${id}/${path}`, body));
  return { id, [parameter]: made.id };
}

const context = (w: World): Promise<Record<string, string>> =>
  part(w, 'contexts', 'contextId', { contextType: 'note', contextData: { a: 1 } });
const comment = (w: World): Promise<Record<string, string>> => part(w, 'comments', 'commentId', { content: 'fine' });
const state = (w: World): Promise<Record<string, string>> =>
  part(w, 'workflow-states', 'stateId', { workflowName: 'ci', stepName: 'lint' });

async function dependency(w: World): Promise<{ id: string; dependsOn: string }> {
  const [id, dependsOn] = [await w.task(), await w.task()];
  await w.of(w.rest.post(`/tasks/${id}/dependencies`, { dependsOn }));
  return { id, dependsOn };
}

/** Uses of the tasks of a project, and of what a task holds, that succeed. */
export const validTasks: readonly ParityCase[] = [
  {
    name: 'reads a project',
    who: 'viewer',
    does: async (w) => ({ operation: 'getProject', params: { key: await w.project() } }),
    code: 'OK',
    answers: { projectKey: expect.any(String), version: 1 },
  },
  {
    name: 'lists the lists of a project',
    who: 'viewer',
    does: async (w) => ({ operation: 'listTaskLists', params: { key: (await projectTask(w)).key } }),
    code: 'OK',
    answers: [{ list: 'master', taskCount: 1 }],
  },
  {
    name: 'lists the tasks of a project',
    who: 'viewer',
    does: async (w) => ({
      operation: 'listProjectTasks',
      params: { key: (await projectTask(w)).key },
      list: { limit: 5 },
    }),
    code: 'OK',
    answers: [{ ref: '1' }],
  },
  {
    name: 'creates a task in a project',
    who: 'bob',
    does: async (w) => ({
      operation: 'createProjectTask',
      params: { key: await w.project() },
      input: { title: 'numbered' },
    }),
    code: 'OK',
    answers: { title: 'numbered', ref: '1', version: 1 },
  },
  {
    name: 'reads a task by its number',
    who: 'viewer',
    does: async (w) => ({ operation: 'getProjectTask', params: { ...(await projectTask(w)) } }),
    code: 'OK',
    answers: { ref: '1', version: 1 },
  },
  {
    name: 'changes a task by its number',
    who: 'bob',
    does: async (w) => ({
      operation: 'updateProjectTask',
      params: { ...(await projectTask(w)) },
      input: { title: 'changed' },
      version: 1,
    }),
    code: 'OK',
    answers: { title: 'changed', version: 2 },
  },
  {
    name: 'replaces a task by its number',
    who: 'ada',
    does: async (w) => ({
      operation: 'replaceProjectTask',
      params: { ...(await projectTask(w)) },
      input: { title: 'replaced' },
    }),
    code: 'OK',
    answers: { title: 'replaced', version: 2 },
  },
  {
    name: 'deletes a task by its number',
    who: 'ada',
    does: async (w) => {
      const task = await projectTask(w);
      return [
        { operation: 'deleteProjectTask', params: { ...task } },
        { operation: 'listProjectTasks', params: { key: task.key } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'completes a task by its number',
    who: 'ada',
    does: async (w) => ({ operation: 'completeProjectTask', params: { ...(await projectTask(w)) } }),
    code: 'OK',
    answers: { status: 'completed' },
  },
  {
    name: 'releases a lease',
    who: 'ada',
    does: async (w) => {
      const { id, fence } = await w.claimed();
      return [
        { operation: 'releaseTask', params: { id }, input: { fence } },
        { operation: 'getTask', params: { id } },
      ];
    },
    code: 'OK',
    answers: { status: 'pending' },
  },
  {
    name: 'lists dependencies',
    who: 'viewer',
    does: async (w) => ({ operation: 'listTaskDependencies', params: { id: (await dependency(w)).id } }),
    code: 'OK',
    answers: [{ taskId: expect.any(String) }],
  },
  {
    name: 'removes a dependency',
    who: 'ada',
    does: async (w) => {
      const both = await dependency(w);
      return [
        { operation: 'removeTaskDependency', params: both },
        { operation: 'listTaskDependencies', params: { id: both.id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'lists contexts',
    who: 'viewer',
    does: async (w) => ({ operation: 'listTaskContexts', params: { id: (await context(w))['id'] } }),
    code: 'OK',
    answers: [{ contextType: 'note' }],
  },
  {
    name: 'reads a context',
    who: 'viewer',
    does: async (w) => ({ operation: 'getTaskContext', params: await context(w) }),
    code: 'OK',
    answers: { contextData: { a: 1 } },
  },
  {
    name: 'changes a context',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateTaskContext',
      params: await context(w),
      input: { contextData: { b: 2 } },
      version: 1,
    }),
    code: 'OK',
    answers: { contextData: { b: 2 }, version: 2 },
  },
  {
    name: 'deletes a context',
    who: 'ada',
    does: async (w) => {
      const address = await context(w);
      return [
        { operation: 'deleteTaskContext', params: address },
        { operation: 'listTaskContexts', params: { id: address['id'] } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'lists comments',
    who: 'viewer',
    does: async (w) => ({ operation: 'listTaskComments', params: { id: (await comment(w))['id'] } }),
    code: 'OK',
    answers: [{ content: 'fine' }],
  },
  {
    name: 'reads a comment',
    who: 'viewer',
    does: async (w) => ({ operation: 'getTaskComment', params: await comment(w) }),
    code: 'OK',
    answers: { content: 'fine', edited: false },
  },
  {
    name: 'changes a comment',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateTaskComment',
      params: await comment(w),
      input: { content: 'better' },
      version: 1,
    }),
    code: 'OK',
    answers: { content: 'better', edited: true },
  },
  {
    name: 'deletes a comment',
    who: 'ada',
    does: async (w) => {
      const address = await comment(w);
      return [
        { operation: 'deleteTaskComment', params: address },
        { operation: 'listTaskComments', params: { id: address['id'] } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'lists workflow states',
    who: 'viewer',
    does: async (w) => ({ operation: 'listWorkflowStates', params: { id: (await state(w))['id'] } }),
    code: 'OK',
    answers: [{ workflowName: 'ci', stepName: 'lint' }],
  },
  {
    name: 'reads a workflow state',
    who: 'viewer',
    does: async (w) => ({ operation: 'getWorkflowState', params: await state(w) }),
    code: 'OK',
    answers: { stepName: 'lint' },
  },
  {
    name: 'changes a workflow state',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateWorkflowState',
      params: await state(w),
      input: { state: 'running' },
      version: 1,
    }),
    code: 'OK',
    answers: { state: 'running', version: 2 },
  },
  {
    name: 'reads the history of a task',
    who: 'viewer',
    does: async (w) => ({ operation: 'getTaskHistory', params: { id: (await comment(w))['id'], limit: 1 } }),
    code: 'OK',
    answers: [{ event: 'comment_added', dependsOn: null, changes: [] }],
  },
];
