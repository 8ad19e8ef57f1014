import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './json-value.js';
import type { TasksFile } from './tasks-json.model.js';
import { parseTasksJson, readTasksJson } from './tasks-json.read.js';
import { formatTasksJson, writeTasksJson } from './tasks-json.write.js';

function read(value: unknown): TasksFile {
  const result = readTasksJson(value);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.file;
}

const codesOf = (file: TasksFile) => file.normalisations.map(({ code }) => code);

function problemsOf(value: unknown): [string, string][] {
  const result = readTasksJson(value);
  return result.ok ? [] : result.problems.map(({ path, code }) => [path, code]);
}

const task = { id: 1, title: 'a' };

describe('the shape of a file', () => {
  it('is tagged: every key is a list with metadata of its own', () => {
    const metadata = { created: '2026-01-01T00:00:00Z', taskCount: 99, tags: ['master'] };
    const value = { master: { tasks: [task], metadata }, 'feature-x': { tasks: [], metadata: {} } };
    const file = read(value);
    expect(file.shape).toBe('tagged');
    expect(file.lists.map(({ name, metadata: kept }) => [name, kept])).toEqual([
      ['master', metadata],
      ['feature-x', {}],
    ]);
    expect(writeTasksJson(file.lists)).toEqual(value);
  });

  it('is flat: one list, called master in the project, and flat again in the file', () => {
    const file = read({ tasks: [task], metadata: { projectName: 'p' } });
    expect(file.shape).toBe('flat');
    expect(codesOf(file)).toEqual(['FLAT_SHAPE']);
    expect(writeTasksJson(file.lists)).toEqual({ tasks: [task], metadata: { projectName: 'p' } });
  });

  it('is empty: no lists', () => {
    expect(read({})).toEqual({ lists: [], shape: 'empty', normalisations: [] });
    expect(formatTasksJson([])).toBe('{}');
  });

  it('may have no master', () => {
    expect(read({ dev: { tasks: [] } }).lists.map(({ name }) => name)).toEqual(['dev']);
  });

  it('may have a list called tasks, metadata or tag', () => {
    const value = { tag: { tasks: [task] }, metadata: { tasks: [task] }, tasks: { tasks: [task] } };
    const file = read(value);
    expect(file.lists.map(({ name }) => name)).toEqual(['tag', 'metadata', 'tasks']);
    expect(writeTasksJson(file.lists)).toEqual(value);
  });

  it('loses what a tool left of its working copy', () => {
    const file = read({ _rawTaggedData: { master: {} }, tag: 'master', master: { tasks: [task] } });
    expect(codesOf(file)).toEqual(['ROOT_FIELD_STRIPPED', 'ROOT_FIELD_STRIPPED']);
    expect(writeTasksJson(file.lists)).toEqual({ master: { tasks: [task] } });
  });

  it('keeps what lies beside the lists', () => {
    const value = { $schema: 'x', master: { tasks: [task] }, version: { major: 1, a: 2 } };
    const file = read(value);
    expect(codesOf(file)).toEqual(['ROOT_FIELD_KEPT', 'ROOT_FIELD_KEPT']);
    expect(formatTasksJson(file.lists)).toBe(JSON.stringify(value, null, 2));
  });

  it('keeps what lies beside the tasks, and shows created and description with the metadata', () => {
    const value = {
      master: { created: 'c', tasks: [task], description: 'd', odd: 1, metadata: { description: 'own' } },
    };
    const file = read(value);
    expect(file.lists[0]!.metadata).toEqual({ description: 'own', created: 'c' });
    expect(formatTasksJson(file.lists)).toBe(JSON.stringify(value, null, 2));
  });

  it.each<[string, JsonObject]>([
    ['no metadata', { tasks: [task] }],
    ['metadata null', { tasks: [task], metadata: null }],
    ['metadata before the tasks', { metadata: { b: 1, a: 2 }, tasks: [task] }],
  ])('of a list with %s comes back', (_name, list) => {
    expect(formatTasksJson(read({ master: list }).lists)).toBe(JSON.stringify({ master: list }, null, 2));
  });

  it.each<[string, JsonObject]>([
    ['{}', {}],
    ['metadata alone', { metadata: { created: 'x' } }],
    ['tasks null', { tasks: null }],
  ])('of a list of %s is a list without tasks', (_name, list) => {
    const file = read({ dev: list });
    expect(codesOf(file)).toEqual(['TASKS_ADDED']);
    expect(writeTasksJson(file.lists)).toEqual({ dev: { ...list, tasks: [] } });
  });

  it('may begin with a byte order mark', () => {
    const result = parseTasksJson('\uFEFF{"master":{"tasks":[]}}');
    expect(result.ok && codesOf(result.file)).toEqual(['BYTE_ORDER_MARK']);
  });
});

describe('what is refused', () => {
  it.each<[string, unknown, [string, string][]]>([
    ['an array', [task], [['', 'WRONG_TYPE']]],
    ['null', null, [['', 'WRONG_TYPE']]],
    ['a list that is an array', { master: [task], x: { tasks: [] } }, [['master', 'WRONG_TYPE']]],
    ['a package.json', { name: 'x', version: '1.0.0', scripts: {}, files: ['a'] }, [['', 'NOT_TASKS_JSON']]],
    ['a configuration', { models: { main: { id: 'x' } }, global: {} }, [['', 'NOT_TASKS_JSON']]],
    ['tasks that are an object', { master: { tasks: {} } }, [['master.tasks', 'WRONG_TYPE']]],
    [
      'a task that is none',
      { master: { tasks: ['x', null] } },
      [
        ['master.tasks[0]', 'WRONG_TYPE'],
        ['master.tasks[1]', 'WRONG_TYPE'],
      ],
    ],
    ['tasks at the root beside lists', { tasks: [task], dev: { tasks: [] } }, [['tasks', 'AMBIGUOUS_SHAPE']]],
    ['a list name with a space', { 'my list': { tasks: [] } }, [['my list', 'INVALID_LIST_NAME']]],
    ['list metadata that is an array', { master: { tasks: [], metadata: [] } }, [['master.metadata', 'WRONG_TYPE']]],
    ['no id', { master: { tasks: [{ title: 'a' }] } }, [['master.tasks[0].id', 'REQUIRED']]],
    [
      'the same id twice',
      { master: { tasks: [task, { id: '01', title: 'b' }] } },
      [['master.tasks[1].id', 'DUPLICATE_ID']],
    ],
    ['a Map', new Map(), [['', 'NOT_JSON']]],
    ['NUL', { master: { tasks: [{ ...task, details: 'a\0' }] } }, [['master.tasks[0].details', 'INVALID_TEXT']]],
    ['NUL in a key', { master: { tasks: [{ ...task, 'a\0': 1 }] } }, [['master.tasks[0].a\\u0000', 'INVALID_TEXT']]],
    [
      'half a pair',
      { master: { tasks: [{ ...task, metadata: { x: ['\ud83d'] } }] } },
      [['master.tasks[0].metadata.x[0]', 'INVALID_TEXT']],
    ],
    ['infinity', { master: { tasks: [{ ...task, x: Infinity }] } }, [['master.tasks[0].x', 'INVALID_NUMBER']]],
  ])('%s', (_name, value, problems) => {
    expect(problemsOf(value)).toEqual(problems);
  });

  it.each([0, -1, 1.5, '1.2', 'x', '', true, [], {}, 1000000000, '99999999999999999999'])('the id %j', (id) => {
    expect(problemsOf({ master: { tasks: [{ id, title: 'a' }] } })).toHaveLength(1);
  });

  const wrong: Record<string, unknown> = {
    title: 1,
    description: [],
    details: {},
    testStrategy: true,
    status: 'wip',
    priority: 'asap',
    complexity: 11,
    category: 1,
    assignee: {},
    effort: -1,
    actualEffort: '3h',
    tags: [1],
    relevantFiles: [{ description: 'no path' }],
    technicalConstraints: 'one',
    acceptanceCriteria: { a: 1 },
    dependencies: [{}],
    subtasks: {},
    metadata: [],
    createdAt: 5,
    updatedAt: {},
  };

  // Mutations that this fails on: stop at the first problem anywhere.
  it('everything that is wrong, at once', () => {
    const found = problemsOf({ master: { tasks: [{ id: 1, ...wrong }] } });
    const fields = found.map(([path]) => /^master\.tasks\[0\]\.(\w+)/.exec(path)?.[1]);
    expect(new Set(fields)).toEqual(new Set(Object.keys(wrong)));
  });

  it('with a hundred reasons at most', () => {
    const tasks = Array.from({ length: 5000 }, () => ({ title: 1 }));
    expect(problemsOf({ master: { tasks } })).toHaveLength(100);
  });

  it('more than 100,000 tasks', () => {
    const tasks = Array.from({ length: 100_001 }, (_item, index) => ({ id: index + 1 }));
    expect(problemsOf({ master: { tasks } })).toEqual([['', 'TOO_MANY_TASKS']]);
  });

  it('subtasks below 32 levels, and not those above', () => {
    const nest = (levels: number): JsonObject => ({
      id: 1,
      title: 'a',
      subtasks: levels > 1 ? [nest(levels - 1)] : [],
    });
    expect(problemsOf({ master: { tasks: [nest(32)] } })).toEqual([]);
    expect(problemsOf({ master: { tasks: [nest(33)] } }).map(([, code]) => code)).toEqual(['TOO_DEEP']);
  });

  it('what lies deeper than a call stack reaches', () => {
    const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
    for (const text of [
      deep('[', ']'),
      `{"master":{"tasks":[{"id":1,"x":${deep('{"a":', '}').replace(':}', ':1}')}}]}}`,
    ]) {
      const result = parseTasksJson(text);
      expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(['TOO_DEEP']);
    }
  });

  it('what contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop.tasks = [loop, loop];
    expect(problemsOf({ master: loop }).length).toBeGreaterThan(0);
  });

  it.each(['', ' ', '{', '{"master":', 'undefined', '{"a":1}x', '<<<<<<< HEAD'])('the text %j', (text) => {
    const result = parseTasksJson(text);
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(['INVALID_JSON']);
  });
});

describe('a key that is there twice', () => {
  it.each([
    ['{"master":{"tasks":[]},"dev":{"tasks":[]},"master":{"tasks":[]}}', 'master'],
    ['{"master":{"tasks":[{"id":1,"x":{"a":[{"b":1,"c":2,"b":3}]}}]}}', 'master.tasks[0].x.a[0].b'],
  ])('is refused, because a parser would lose the first: %s', (text, path) => {
    const result = parseTasksJson(text);
    expect(result.ok ? [] : result.problems).toMatchObject([{ path, code: 'DUPLICATE_KEY' }]);
  });

  it('is none when it is in two objects', () => {
    expect(parseTasksJson('{"a":{"tasks":[{"id":1,"x":{"id":1}}]},"b":{"tasks":[{"id":1}]}}').ok).toBe(true);
  });
});

describe('what is only reported', () => {
  it('nothing of a number with more digits than one of JavaScript has: they are kept', () => {
    const result = parseTasksJson('{"master":{"tasks":[{"id":1,"title":"a","x":12345678901234567890}]}}');
    expect(result.ok && result.file.normalisations.map(({ path, code }) => [path, code])).toEqual([]);
  });

  it('so many repairs that the answer would be longer than the file', () => {
    const tasks = Array.from({ length: 6000 }, (_item, index) => ({ id: index + 1, dependencies: [index + 1] }));
    const codes = codesOf(read({ master: { tasks } }));
    expect(codes).toHaveLength(5001);
    expect(codes.at(-1)).toBe('MORE');
  });

  // Mutations that this fails on: recurse in dropCycles.
  it('a chain as long as the file', () => {
    const tasks = Array.from({ length: 20_000 }, (_item, index) => ({
      id: index + 1,
      title: 'a',
      dependencies: [((index + 1) % 20_000) + 1],
    }));
    expect(codesOf(read({ master: { tasks } }))).toEqual(['DEPENDENCY_CYCLE']);
  });
});
