import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brokenFile, flatFile, layout, numberText, taggedFile } from '../../../../test/support/tasks-json.arbitrary.js';
import { parseJson } from './json-number.js';
import type { JsonObject } from './json-value.js';
import { storedText } from './json-value.js';
import type { ImportedTask, Task, TaskList, TasksFile } from './tasks-json.model.js';
import { parseTasksJson, readTasksJson } from './tasks-json.read.js';
import { formatTasksJson, writeTasksJson } from './tasks-json.write.js';

const samples = join(import.meta.dirname, '../../../../test/fixtures/tasks-json');

function imported(value: unknown): TasksFile {
  const result = readTasksJson(value);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.file;
}

function parsed(text: string): TasksFile {
  const result = parseTasksJson(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.file;
}

const throughJsonb = <T>(value: T): T => parseJson(storedText(value as JsonObject)) as T;

/**
 * What the tables make of a list: jsonb reorders keys, rows and dependencies come in any order, a trigger has moved
 * updatedAt. Export has to give the file back all the same.
 */
function throughTables(lists: readonly TaskList[]): TaskList[] {
  return lists.map((list) => ({
    ...list,
    metadata: throughJsonb(list.metadata),
    source: throughJsonb(list.source),
    tasks: [...list.tasks].reverse().map((task) => ({
      ...task,
      metadata: throughJsonb(task.metadata),
      source: throughJsonb(task.source),
      dependencies: [...task.dependencies].reverse(),
      createdAt: task.createdAt ?? '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-11-21T12:00:00.000Z',
    })),
  }));
}

const contentOf = ({ source: _source, ...content }: ImportedTask) => content;
const contentsOf = (file: TasksFile) =>
  file.lists.map(({ name, metadata, tasks }) => ({ name, metadata, tasks: tasks.map(contentOf) }));

function taskOf(lists: readonly TaskList[], ref: string): Task {
  const found = lists[0]?.tasks.find((task) => task.ref === ref);
  if (found === undefined) throw new Error(`no task ${ref}`);
  return found;
}

describe('a file that is imported and exported', () => {
  // Mutations that this fails on: drop `raw.set` in tasks-json.task.ts, keepsText or formOf in tasks-json.list.ts, or the sort of dependencies.
  it('is the same file, with its bytes, its key order and the type of its ids', () => {
    fc.assert(
      fc.property(taggedFile, (file) => {
        const { lists } = imported(file);
        expect(formatTasksJson(throughTables(lists))).toBe(JSON.stringify(file, null, 2));
      }),
      { numRuns: 100 },
    );
  });

  // Mutations that this fails on: compare numbers as JavaScript numbers, or leave one part of the layout out.
  it('keeps the digits of its numbers, its indentation, its ends of line and its end', () => {
    fc.assert(
      fc.property(fc.array(numberText, { minLength: 1, maxLength: 4 }), layout, (numbers, { indent, lineEnd, end }) => {
        const [first = '0'] = numbers;
        const values = `[${numbers.join(',')}]`;
        const plain = `{"master":{"tasks":[{"id":1,"title":"ü","effort":1.50,"x":${first},"metadata":{"n":${values}}}],"metadata":{"n":${first}}}}`;
        const text = `${JSON.stringify(parseJson(plain), null, indent).replaceAll('\n', lineEnd)}${end}`;
        const result = parseTasksJson(text);
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        expect(formatTasksJson(throughTables(result.file.lists))).toBe(text);
      }),
    );
  });

  // Mutations that this fails on: write a changed value with another indentation, or lose the text of its neighbours.
  it('keeps a layout made by hand, and rewrites only what changed', () => {
    const text = `{ "master": {
  "tasks": [
    {"id": 1,  "title": "One", "dependencies": []},
    { "id":2, "title":"Gr\\u00fc\\/n",
      "dependencies": [1], "tags": ["a", "b"] }
  ], "metadata": {} } }\n`;
    const { lists } = parsed(text);
    expect(formatTasksJson(throughTables(lists))).toBe(text);
    const born = { ...taskOf(lists, '1'), ref: '3', title: 'New', source: null, createdAt: null, updatedAt: null };
    const changed = throughTables(lists).map((list) => ({
      ...list,
      tasks: [
        ...list.tasks.map((task) => (task.ref === '2' ? { ...task, tags: ['a', 'c'], title: 'Two' } : task)),
        born,
      ],
    }));
    expect(formatTasksJson(changed)).toBe(`{ "master": {
  "tasks": [
    {"id": 1,  "title": "One", "dependencies": []},
    { "id":2, "title":"Two",
      "dependencies": [1], "tags": ["a", "c"], "updatedAt":"2026-11-21T12:00:00.000Z" },
    {
      "id": 3,
      "title": "New",
      "description": "",
      "details": "",
      "testStrategy": "",
      "status": "pending",
      "dependencies": [],
      "priority": "medium",
      "subtasks": []
    }
  ], "metadata": {} } }\n`);
  });

  it('keeps letters outside of ASCII escaped when all of them were', () => {
    const text = '{"master":{\n"tasks":[{"id":1,"title":"Gr\\u00fc\\u00dfe \\ud83d\\ude80 \\n"}],"metadata":{}}}';
    const result = parseTasksJson(text);
    expect(result.ok && formatTasksJson(throughTables(result.file.lists))).toBe(text);
  });

  it('comes back flat when it was flat, and says how its list is called', () => {
    fc.assert(
      fc.property(flatFile, (file) => {
        const { lists, shape, normalisations } = imported(file);
        expect(shape).toBe('flat');
        expect(normalisations).toContainEqual(expect.objectContaining({ code: 'FLAT_SHAPE' }));
        expect(JSON.stringify(writeTasksJson(throughTables(lists)))).toBe(JSON.stringify(file));
      }),
    );
  });

  // Mutations that this fails on: let importing depend on a clock, a random number or the order of a Set of objects.
  it('gives the same tasks when it is imported again, and the export is a fixed point', () => {
    fc.assert(
      fc.property(taggedFile, (file) => {
        const first = imported(file);
        expect(imported(file)).toEqual(first);
        const text = formatTasksJson(first.lists);
        const second = parsed(text);
        expect(contentsOf(second)).toEqual(contentsOf(first));
        expect(formatTasksJson(second.lists)).toBe(text);
      }),
    );
  });

  const files = readdirSync(samples).filter((name) => name.endsWith('.json'));
  it.each(files)('keeps %s byte for byte, except for the dependencies that it reports', (name) => {
    const text = readFileSync(join(samples, name), 'utf8');
    const { lists, normalisations } = parsed(text);
    const written = formatTasksJson(throughTables(lists));
    if (normalisations.every(({ code }) => !code.startsWith('DEPENDENCY_'))) expect(written).toBe(text);
    else {
      const without = (value: string): string => value.replace(/"dependencies":\s*\[[^\]]*\]/g, '');
      expect(without(written)).toBe(without(text));
    }
  });
});

describe('a task that was changed in the service', () => {
  const changes: readonly (readonly [string, Partial<Task>, JsonObject])[] = [
    ['status', { status: 'completed', stage: null }, { status: 'done' }],
    ['status', { status: 'in_progress', stage: 'review' }, { status: 'review' }],
    ['status', { status: 'failed', stage: null }, { status: 'blocked', metadata: { a: 1, _tm: { status: 'failed' } } }],
    ['title', { title: 'New' }, { title: 'New' }],
    ['priority', { priority: 10 }, { priority: 'critical' }],
    ['priority', { priority: 7 }, { priority: 'HIGH', metadata: { a: 1, _tm: { priority: 7 } } }],
    ['tags', { tags: ['x'] }, { tags: ['x'] }],
    ['type', { type: 'testing' }, { category: 'testing' }],
    ['hours', { estimatedHours: 3 }, { effort: 3 }],
    ['metadata', { metadata: { b: 2 } }, { metadata: { b: 2 } }],
    ['dependencies', { dependencies: ['2.1'] }, { dependencies: ['2.1'] }],
  ];

  // Mutations that this fails on: always write the raw value of the file, or never.
  it.each(changes)('is written with its new %s and otherwise as in the file (%j)', (_name, change, written) => {
    const task = { priority: 'HIGH', id: 1, status: 'Pending', odd: [1], title: 'Old', metadata: { a: 1 } };
    const other = { id: 2, title: 'Other', status: 'todo', subtasks: [{ id: 1, title: 'Sub', status: 'COMPLETED' }] };
    const { lists } = imported({ master: { tasks: [task, other], metadata: {} } });
    const updatedAt = '2026-11-21T12:00:00.000Z';
    const changed = lists.map((list) => ({
      ...list,
      tasks: list.tasks.map((item) => (item.ref === '1' ? { ...item, ...change, updatedAt } : { ...item, updatedAt })),
    }));
    expect(writeTasksJson(changed)).toEqual({
      master: { tasks: [{ ...task, ...written, updatedAt }, other], metadata: {} },
    });
    const again = imported(writeTasksJson(changed)).lists;
    expect(taskOf(again, '1')).toMatchObject(change);
  });

  it('that was born there is written with the fields that readers expect, after the others', () => {
    const { lists } = imported({
      master: {
        tasks: [
          { id: 7, title: 'a' },
          { id: 3, title: 'b' },
        ],
        metadata: {},
      },
    });
    const list = lists[0] as TaskList;
    const model = taskOf(lists, '7');
    const born: Task = { ...model, ref: '8', title: 'c', source: null, createdAt: null, updatedAt: null };
    const written = writeTasksJson([{ ...list, tasks: [born, ...list.tasks] }]);
    expect(written).toEqual({
      master: {
        tasks: [
          { id: 7, title: 'a' },
          { id: 3, title: 'b' },
          {
            id: 8,
            title: 'c',
            description: '',
            details: '',
            testStrategy: '',
            status: 'pending',
            dependencies: [],
            priority: 'medium',
            subtasks: [],
          },
        ],
        metadata: {},
      },
    });
  });

  it('can depend on a task whose number a sibling has: a marker says what a bare number cannot', () => {
    const file = {
      master: {
        tasks: [
          { id: 1, title: 'a' },
          {
            id: 2,
            title: 'b',
            subtasks: [
              { id: 1, title: 'c' },
              { id: 3, title: 'd', dependencies: [1] },
            ],
          },
        ],
        metadata: {},
      },
    };
    const { lists } = imported(file);
    expect(taskOf(lists, '2.3').dependencies).toEqual(['2.1']);
    const changed = lists.map((list) => ({
      ...list,
      tasks: list.tasks.map((item) => (item.ref === '2.3' ? { ...item, dependencies: ['1', '2.1'] } : item)),
    }));
    const written = writeTasksJson(changed);
    expect(written).toMatchObject({
      master: { tasks: [{}, { subtasks: [{}, { dependencies: [1], metadata: { _tm: { dependencies: ['1'] } } }] }] },
    });
    expect(taskOf(imported(written).lists, '2.3').dependencies.toSorted()).toEqual(['1', '2.1']);
  });
});

describe('a file in which anything may be wrong', () => {
  // Mutations that this fails on: remove one type check anywhere in the fields, or checkInput.
  it('is read or refused with reasons, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(brokenFile, fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true })),
        (value) => {
          const result = readTasksJson(value);
          if (!result.ok) {
            expect(result.problems.length).toBeGreaterThan(0);
            return;
          }
          const again = parsed(formatTasksJson(result.file.lists));
          expect(contentsOf(again)).toEqual(contentsOf(result.file));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is read or refused as text, and never throws', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((text) => text.slice(0, -1)),
    );
    fc.assert(
      fc.property(noise, (text) => {
        const result = parseTasksJson(text);
        expect(result.ok ? result.file.lists : result.problems).toBeInstanceOf(Array);
      }),
    );
  });
});
