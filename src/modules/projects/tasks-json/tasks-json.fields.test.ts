import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './json-value.js';
import type { ImportedTask, TasksFile } from './tasks-json.model.js';
import { parseTasksJson, readTasksJson } from './tasks-json.read.js';
import { writeTasksJson } from './tasks-json.write.js';

/** One line of the field table each: what the service sees, and that the file comes back as it was. */
function read(value: unknown): TasksFile {
  const result = readTasksJson(value);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.file;
}

const fileOf = (...tasks: JsonObject[]): JsonObject => ({ master: { tasks, metadata: {} } });
const codesOf = (file: TasksFile) => file.normalisations.map(({ code }) => code);
const all = (...tasks: JsonObject[]) => read(fileOf(...tasks)).lists[0]?.tasks ?? [];

function one(fields: JsonObject): ImportedTask {
  const file = fileOf({ id: 1, title: 'a', ...fields });
  const { lists } = read(file);
  expect(writeTasksJson(lists)).toEqual(file);
  return lists[0]!.tasks[0]!;
}

describe('status', () => {
  it.each([
    ['pending', 'pending', null],
    ['todo', 'pending', null],
    ['in-progress', 'in_progress', null],
    ['in_progress', 'in_progress', null],
    ['In Progress', 'in_progress', null],
    ['review', 'in_progress', 'review'],
    ['blocked', 'pending', 'blocked'],
    ['deferred', 'pending', 'deferred'],
    ['done', 'completed', null],
    ['completed', 'completed', null],
    ['DONE', 'completed', null],
    ['cancelled', 'cancelled', null],
    [null, 'pending', null],
  ])('%s is %s with stage %s', (word, status, stage) => {
    expect(one({ status: word })).toMatchObject({ status, stage, completed: status === 'completed' });
  });

  it('is pending when the file gives none, which stays so', () => {
    expect(one({})).toMatchObject({ status: 'pending', stage: null });
  });

  it('failed is written as blocked with a marker, and the marker restores it', () => {
    const marked = { status: 'blocked', metadata: { jira: 'X', _tm: { status: 'failed' } } };
    expect(one(marked)).toMatchObject({ status: 'failed', stage: null, metadata: { jira: 'X' } });
    const written = writeTasksJson(read(fileOf({ id: 1, title: 'a', status: 'failed' })).lists);
    expect(written).toEqual(fileOf({ id: 1, title: 'a', status: 'blocked', metadata: { _tm: { status: 'failed' } } }));
  });

  it('of a file that was changed behind a marker counts, and the marker goes', () => {
    const file = read(
      fileOf({ id: 1, title: 'a', status: 'done', metadata: { _tm: { status: 'failed', priority: 7 } } }),
    );
    expect(file.lists[0]!.tasks[0]).toMatchObject({ status: 'completed', priority: 5 });
    expect(codesOf(file)).toEqual(['MARKER_STALE', 'MARKER_STALE']);
    expect(writeTasksJson(file.lists)).toEqual(fileOf({ id: 1, title: 'a', status: 'done', metadata: {} }));
  });
});

describe('priority', () => {
  it.each([
    ['low', 2],
    ['medium', 5],
    ['high', 8],
    ['critical', 10],
    ['urgent', 10],
    ['High', 8],
    [null, 5],
    [3, 3],
  ])('%s is %i', (word, priority) => {
    expect(one({ priority: word }).priority).toBe(priority);
  });

  it('is 5 when the file gives none, and is left out again', () => {
    expect(one({}).priority).toBe(5);
  });

  it('keeps an exact number beside its word', () => {
    expect(one({ priority: 'high', metadata: { _tm: { priority: 7 } } })).toMatchObject({ priority: 7, metadata: {} });
  });

  it('of a subtask without one is that of its parent, and is left out again', () => {
    const file = fileOf({ id: 1, title: 'a', priority: 'high', subtasks: [{ id: 1, title: 'b' }] });
    const { lists } = read(file);
    expect(lists[0]!.tasks[1]).toMatchObject({ ref: '1.1', priority: 8 });
    expect(writeTasksJson(lists)).toEqual(file);
  });
});

describe('the other fields', () => {
  it.each([
    ['title longer than the service shows', { title: 'x'.repeat(501) }, { title: `${'x'.repeat(499)}…` }],
    ['description', { description: 'd' }, { description: 'd' }],
    ['details longer than the service shows', { details: 'x'.repeat(500_001) }, { details: `${'x'.repeat(499_999)}…` }],
    ['description null', { description: null }, { description: null }],
    ['details', { details: '# md\n' }, { details: '# md\n' }],
    ['testStrategy', { testStrategy: '' }, { testStrategy: '' }],
    ['createdAt', { createdAt: '2026-11-21T10:00:00+02:00' }, { createdAt: '2026-11-21T08:00:00.000Z' }],
    ['updatedAt', { updatedAt: '2026-11-21T08:00:00.123Z' }, { updatedAt: '2026-11-21T08:00:00.123Z' }],
    ['a date alone', { createdAt: '2026-11-21' }, { createdAt: '2026-11-21T00:00:00.000Z' }],
    ['a time without zone', { createdAt: '2026-11-21T08:00:00' }, { createdAt: '2026-11-21T08:00:00.000Z' }],
    ['what is no date', { createdAt: 'soon' }, { createdAt: null }],
    ['effort', { effort: 3 }, { estimatedHours: 3 }],
    ['effort with too many decimals', { effort: 2.3456 }, { estimatedHours: 2.35 }],
    ['actualEffort', { actualEffort: 1.5 }, { actualHours: 1.5 }],
    ['tags', { tags: ['api', 'db'] }, { tags: ['api', 'db'] }],
    ['assignee', { assignee: 'ada' }, { assignedTo: 'ada' }],
    ['assignee empty', { assignee: '' }, { assignedTo: null }],
    ['complexity', { complexity: 7 }, { complexityScore: 7 }],
    ['complexity simple', { complexity: 'simple' }, { complexityScore: 2 }],
    ['complexity moderate', { complexity: 'moderate' }, { complexityScore: 5 }],
    ['complexity complex', { complexity: 'complex' }, { complexityScore: 8 }],
    ['complexity very-complex', { complexity: 'very-complex' }, { complexityScore: 10 }],
    ['complexity absent', {}, { complexityScore: 5 }],
    ['complexity between', { complexity: 7.5 }, { complexityScore: 8 }],
    [
      'relevantFiles',
      { relevantFiles: [{ path: 'a.ts', description: 'x', action: 'create' }, 'b.ts'] },
      { affectedFiles: [{ path: 'a.ts', description: 'x', action: 'create' }, 'b.ts'] },
    ],
    [
      'relevantFiles that say no more than a path',
      { relevantFiles: [{ path: 'a.ts', description: '', action: 'modify' }] },
      { affectedFiles: ['a.ts'] },
    ],
    ['acceptanceCriteria as objects', { acceptanceCriteria: [{ text: 'a' }] }, { acceptanceCriteria: [{ text: 'a' }] }],
    ['acceptanceCriteria', { acceptanceCriteria: ['a', 'b'] }, { acceptanceCriteria: ['a', 'b'] }],
    ['acceptanceCriteria as a string', { acceptanceCriteria: 'a' }, { acceptanceCriteria: ['a'] }],
    ['technicalConstraints', { technicalConstraints: ['c'] }, { requirements: ['c'] }],
    ['category', { category: 'testing' }, { type: 'testing' }],
    ['category absent', {}, { type: 'general' }],
    [
      'metadata',
      { metadata: { jira: 'TM-3', nested: { a: [1, 2] } } },
      { metadata: { jira: 'TM-3', nested: { a: [1, 2] } } },
    ],
    ['metadata null', { metadata: null }, { metadata: {} }],
    ['metadata of others under our key', { metadata: { _tm: { theirs: 1 } } }, { metadata: {} }],
    [
      'guidance',
      { skills: ['sql'], scopeBoundaries: { included: 'a', excluded: 'b' } },
      { metadata: { _tm: { guidance: { skills: ['sql'], scopeBoundaries: { included: 'a', excluded: 'b' } } } } },
    ],
    [
      'what a complexity report leaves in the file',
      { recommendedSubtasks: 3, expansionPrompt: 'p', complexityReasoning: 'r' },
      { metadata: { _tm: { complexity: { recommendedSubtasks: 3, expansionPrompt: 'p', complexityReasoning: 'r' } } } },
    ],
    [
      'fields nobody knows',
      { databaseId: 'u', previousStatus: 'x', isSubtask: true, tag: 't', blocks: [2] },
      { metadata: {} },
    ],
    ['parents, which the place decides', { parentId: 'undefined', parentTaskId: 3 }, { parentRef: null }],
  ])('%s', (_name, fields: JsonObject, content) => {
    expect(one(fields)).toMatchObject(content);
  });

  it('keeps the whole of a title that it cuts where a client can find it', () => {
    const title = '🚀'.repeat(600);
    const task = one({ title });
    expect(Array.from(task.title)).toHaveLength(500);
    expect(task.metadata).toEqual({ _tm: { title } });
  });

  it('shows a task without a title, and leaves the title out again', () => {
    const file = fileOf({ id: 1 }, { id: 2, title: '' }, { id: 3, title: null });
    const { lists } = read(file);
    expect(lists[0]!.tasks.map(({ title }) => title)).toEqual(['(untitled)', '(untitled)', '(untitled)']);
    expect(writeTasksJson(lists)).toEqual(file);
  });

  it('keeps a key that JavaScript gives a meaning to as data', () => {
    const text = '{"master":{"tasks":[{"id":1,"title":"a","__proto__":{"x":1},"metadata":{"constructor":2}}]}}';
    const result = parseTasksJson(text);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(JSON.stringify(writeTasksJson(result.file.lists))).toBe(text);
  });
});

describe('ids', () => {
  const refs = (...subtasks: JsonObject[]) =>
    all({ id: 5, title: 'a', subtasks })
      .slice(1)
      .map(({ ref }) => ref);

  it('are integers or numeric strings, with holes', () => {
    expect(all({ id: 3, title: 'a' }, { id: '12', title: 'b' }).map(({ ref }) => ref)).toEqual(['3', '12']);
  });

  it('of subtasks may be 1, "1", "5.1" or the float 5.1', () => {
    expect(refs({ id: 1 }, { id: '2' }, { id: '5.3' }, { id: 5.4 })).toEqual(['5.1', '5.2', '5.3', '5.4']);
  });

  it('of subtasks are distinguished when a float has lost its zero', () => {
    const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ id: Number(`5.${number}`) }));
    expect(refs(...ids, { id: 5.1 }, { id: 5.11 }).slice(-3)).toEqual(['5.9', '5.10', '5.11']);
    expect(refs(...ids.slice(1), { id: 5.1 }).at(-1)).toBe('5.10');
    expect(refs({ id: 5.2 }, { id: 5.3 })).toEqual(['5.2', '5.3']);
  });

  it('of subtasks keep a zero that the text still has', () => {
    const result = parseTasksJson('{"master":{"tasks":[{"id":5,"subtasks":[{"id": 5.10,"metadata":{"id":1.10}}]}]}}');
    const sub = result.ok ? result.file.lists[0]!.tasks[1]! : undefined;
    expect([sub?.ref, JSON.stringify(sub?.metadata)]).toEqual(['5.10', '{"id":1.10}']);
  });

  it('of subtasks that name another parent count by their last number: the place decides', () => {
    const file = read(fileOf({ id: 5, title: 'a', subtasks: [{ id: '9.2', title: 'b', parentTaskId: 9 }] }));
    expect(file.lists[0]!.tasks[1]).toMatchObject({ ref: '5.2', parentRef: '5' });
    expect(codesOf(file)).toEqual(['ID_PREFIX_IGNORED']);
  });

  it('of subtasks that have none are given by their place', () => {
    expect(refs({ title: 'b' }, { id: 7, title: 'c' }, { title: 'd' })).toEqual(['5.1', '5.7', '5.3']);
  });

  it('reach as deep as subtasks do', () => {
    const file = fileOf({
      id: 15,
      title: 'a',
      subtasks: [{ id: 2, title: 'b', subtasks: [{ id: 1, title: 'c', dependencies: ['15.2'] }] }],
    });
    const { lists } = read(file);
    expect(lists[0]!.tasks[2]).toMatchObject({ ref: '15.2.1', parentRef: '15.2', dependencies: ['15.2'] });
    expect(writeTasksJson(lists)).toEqual(file);
  });

  it('may be shown with the key of their project', () => {
    expect(all({ id: 'HAM-1', title: 'a' }, { id: 'ham2', title: 'b', dependencies: ['HAM-1'] })).toMatchObject([
      { ref: '1' },
      { ref: '2', dependencies: ['1'] },
    ]);
  });
});

describe('dependencies', () => {
  const subtask = (id: number, dependencies: JsonObject[string]): JsonObject => ({ id, title: 's', dependencies });

  it.each([
    ['a number', [2], ['2'], []],
    ['its digits', ['2'], ['2'], []],
    ['a subtask', ['2.1'], ['2.1'], []],
    ['a subtask as a float', [2.1], ['2.1'], []],
    ['the same twice', [2, '2'], ['2'], ['DEPENDENCY_DUPLICATE']],
    ['itself', [1, 2], ['2'], ['DEPENDENCY_SELF']],
    ['what is not there', [999, '2.9'], [], ['DEPENDENCY_MISSING', 'DEPENDENCY_MISSING']],
    ['nothing', null, [], []],
  ])('of a task on %s', (_name, dependencies, refs, codes) => {
    const file = read(fileOf({ id: 1, title: 'a', dependencies }, { id: 2, title: 'b', subtasks: [subtask(1, [])] }));
    expect(file.lists[0]!.tasks[0]!.dependencies).toEqual(refs);
    expect(codesOf(file)).toEqual(codes);
  });

  it.each([
    ['a sibling by its number', [1], ['2.1'], []],
    ['a sibling by its digits', ['1'], ['2.1'], []],
    ['a sibling by its reference', ['2.1'], ['2.1'], []],
    ['a task, as there is no such sibling', [3], ['3'], ['DEPENDENCY_NOT_SIBLING']],
    ['itself, not the task of that number', [2], [], ['DEPENDENCY_SELF']],
    ['nothing that is there', [9], [], ['DEPENDENCY_MISSING']],
  ])('of a subtask on %s', (_name, dependencies, refs, codes) => {
    const subtasks = [subtask(1, []), subtask(2, dependencies)];
    const file = read(fileOf({ id: 1, title: 'a' }, { id: 2, title: 'b', subtasks }, { id: 3, title: 'c' }));
    expect(file.lists[0]!.tasks.find(({ ref }) => ref === '2.2')!.dependencies).toEqual(refs);
    expect(codesOf(file)).toEqual(codes);
  });

  // Mutations that this fails on: test `done` instead of `open` in dropCycles, and a diamond is reported too.
  it('lose the one that closes a cycle, and a diamond is none', () => {
    const cycle = read(
      fileOf(
        { id: 1, title: 'a', dependencies: [2] },
        { id: 2, title: 'b', dependencies: [3] },
        { id: 3, title: 'c', dependencies: [1, 2] },
      ),
    );
    expect(cycle.lists[0]!.tasks.map(({ dependencies }) => dependencies)).toEqual([['2'], ['3'], []]);
    expect(codesOf(cycle)).toEqual(['DEPENDENCY_CYCLE', 'DEPENDENCY_CYCLE']);
    expect(cycle.normalisations.map(({ path }) => path)).toEqual([
      'master.tasks[2].dependencies[0]',
      'master.tasks[2].dependencies[1]',
    ]);
    const diamond: JsonObject[] = [
      { id: 1, title: 'a', dependencies: [2, 3] },
      { id: 2, title: 'b', dependencies: [4] },
      { id: 3, title: 'c', dependencies: [4] },
      { id: 4, title: 'd' },
    ];
    expect(codesOf(read(fileOf(...diamond)))).toEqual([]);
  });

  it('of one list never reach another', () => {
    const file = read({
      a: { tasks: [{ id: 1, title: 'a' }] },
      b: { tasks: [{ id: 2, title: 'b', dependencies: [1] }] },
    });
    expect(file.lists[1]!.tasks[0]!.dependencies).toEqual([]);
  });
});
