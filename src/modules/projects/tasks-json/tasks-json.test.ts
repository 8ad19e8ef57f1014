import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataObject } from '../../../../test/support/tasks-json.arbitrary.js';
import { brokenFile, flatFile, taggedFile, withCanonicalIds } from '../../../../test/support/tasks-json.arbitrary.js';
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

const throughJsonb = <T>(value: T): T => JSON.parse(storedText(value as JsonObject)) as T;

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
  // Teeth: drop `raw.set` in tasks-json.task.ts, keepsText in tasks-json.list.ts, or the sort in writeDependencies.
  it('is the same file, bytes and key order included, up to the type of ids', () => {
    fc.assert(
      fc.property(taggedFile, (file) => {
        const { lists } = imported(file);
        expect(formatTasksJson(throughTables(lists))).toBe(JSON.stringify(withCanonicalIds(file), null, 2));
      }),
      { numRuns: 100 },
    );
  });

  it('comes back tagged when it was flat, and says so', () => {
    fc.assert(
      fc.property(flatFile, (file) => {
        const { lists, shape, normalisations } = imported(file);
        expect(shape).toBe('flat');
        expect(normalisations).toContainEqual(expect.objectContaining({ code: 'FLAT_SHAPE' }));
        expect(writeTasksJson(throughTables(lists))).toEqual(withCanonicalIds({ master: file }));
      }),
    );
  });

  // Teeth: let importing depend on a clock, a random number or the order of a Set of objects.
  it('gives the same tasks when it is imported again, and the export is a fixed point', () => {
    fc.assert(
      fc.property(taggedFile, (file) => {
        const first = imported(file);
        expect(imported(file)).toEqual(first);
        const text = formatTasksJson(first.lists);
        const second = imported(JSON.parse(text));
        expect(contentsOf(second)).toEqual(contentsOf(first));
        expect(formatTasksJson(second.lists)).toBe(text);
      }),
    );
  });

  const files = readdirSync(samples).filter((name) => name.endsWith('.json'));
  it.each(files)('keeps %s, except for what it reports', (name) => {
    const text = readFileSync(join(samples, name), 'utf8');
    const result = parseTasksJson(text);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const { lists, shape, normalisations } = result.file;
    const dropped = new Set(['DEPENDENCY_MISSING', 'DEPENDENCY_SELF', 'DEPENDENCY_DUPLICATE', 'DEPENDENCY_CYCLE']);
    const original = JSON.parse(text) as DataObject;
    for (const { path, code } of normalisations)
      if (dropped.has(code)) markDropped(original, path.split(/[.[\]]+/).filter(Boolean));
    const tagged = withCanonicalIds(shape === 'flat' ? { master: original } : original);
    expect(writeTasksJson(throughTables(lists))).toEqual(
      JSON.parse(
        JSON.stringify(tagged)
          .replaceAll(/"dropped",?/g, '')
          .replaceAll(',]', ']'),
      ),
    );
  });

  function markDropped(file: DataObject, path: readonly string[]): void {
    const last = path.at(-1) ?? '';
    const holder = path.slice(0, -1).reduce((at, key) => at[key] as DataObject, file);
    holder[last] = 'dropped';
  }
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

  // Teeth: always write the raw value of the file, or never.
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
  // Teeth: remove one type check anywhere in the fields, or checkInput.
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
          const again = imported(JSON.parse(formatTasksJson(result.file.lists)));
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
