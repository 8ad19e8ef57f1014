import type { ParityCase } from './case.js';
import { ABSENT } from './case.js';

const MISSING = 'NOT_FOUND';

/** What is not there, or not visible: the two look the same. */
export const missing: readonly ParityCase[] = [
  { name: 'no such task', who: 'ada', does: () => ({ name: 'task.get', id: ABSENT }), code: MISSING },
  {
    name: 'a task of another team',
    who: 'stranger',
    does: async (w) => ({ name: 'task.get', id: await w.task() }),
    code: MISSING,
  },
  {
    name: 'a change of a task of another team',
    who: 'stranger',
    does: async (w) => ({ name: 'task.update', id: await w.task(), input: { title: 'x' } }),
    code: MISSING,
  },
  {
    name: 'a deleted task',
    who: 'ada',
    does: async (w) => {
      const id = await w.task();
      return [
        { name: 'task.delete', id },
        { name: 'task.get', id },
      ];
    },
    code: MISSING,
  },
  { name: 'a deletion of nothing', who: 'ada', does: () => ({ name: 'task.delete', id: ABSENT }), code: MISSING },
  { name: 'a restoration of nothing', who: 'ada', does: () => ({ name: 'task.restore', id: ABSENT }), code: MISSING },
  {
    name: 'a task in no such project',
    who: 'ada',
    does: (w) => ({ name: 'task.create', input: { title: 'x', projectKey: w.word() } }),
    code: MISSING,
  },
  {
    name: 'a task in a team of others',
    who: 'stranger',
    does: (w) => ({ name: 'task.create', input: { title: 'x', teamId: w.team } }),
    code: MISSING,
  },
  {
    name: 'a dependency on nothing',
    who: 'ada',
    does: async (w) => ({ name: 'dependency.add', id: await w.task(), input: { dependsOn: ABSENT } }),
    code: MISSING,
  },
  {
    name: 'a dependency that is not there',
    who: 'ada',
    does: async (w) => ({ name: 'dependency.remove', id: await w.task(), part: ABSENT }),
    code: MISSING,
  },
  { name: 'comments of nothing', who: 'ada', does: () => ({ name: 'comment.list', id: ABSENT }), code: MISSING },
  { name: 'no such project', who: 'ada', does: (w) => ({ name: 'project.get', id: w.word() }), code: MISSING },
  {
    name: 'a project of another team',
    who: 'stranger',
    does: async (w) => ({ name: 'project.get', id: await w.project() }),
    code: MISSING,
  },
  { name: 'a team of others', who: 'stranger', does: (w) => ({ name: 'team.get', id: w.team }), code: MISSING },
  { name: 'no such validation', who: 'ada', does: () => ({ name: 'validation.get', id: ABSENT }), code: MISSING },
  {
    name: 'a validation of a task of another team',
    who: 'stranger',
    does: async (w) => ({ name: 'validation.create', input: { taskId: await w.task(), validationType: 'testing' } }),
    code: MISSING,
  },
  { name: 'no such error', who: 'viewer', does: () => ({ name: 'error.get', id: ABSENT }), code: MISSING },
  { name: 'the history of nothing', who: 'ada', does: () => ({ name: 'task.history', id: ABSENT }), code: MISSING },
  { name: 'no such key', who: 'ada', does: () => ({ name: 'key.revoke', id: ABSENT }), code: MISSING },
];
