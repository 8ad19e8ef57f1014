import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from './json-value.js';
import { baseOf } from './tasks-json.base.js';
import type { MergedTask, Resolution } from './tasks-json.merge.js';
import { dependencyChanges, mergeTask } from './tasks-json.merge.js';
import type { ImportedTask, Task } from './tasks-json.model.js';
import { readTasksJson } from './tasks-json.read.js';

function read(fields: JsonObject, parent: JsonObject = {}): ImportedTask {
  const file = { master: { tasks: [{ id: 1, title: 'p', ...parent, subtasks: [{ id: 1, title: 't', ...fields }] }] } };
  const result = readTasksJson(file);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.file.lists[0]!.tasks[1]!;
}

/** What an import brought, and what somebody has made of it since. */
interface Before {
  readonly file: ImportedTask;
  readonly change: Partial<Task>;
}

const before = (fields: JsonObject, change: Partial<Task> = {}, parent: JsonObject = {}): Before => ({
  file: read(fields, parent),
  change,
});

const merge = ({ file, change }: Before, now: ImportedTask, resolution: Resolution = 'refuse'): MergedTask =>
  mergeTask({ ...file, ...change }, now, baseOf(file), resolution);

describe('a field of a task that is imported again', () => {
  // Mutations that this fails on: take the value of the file whenever it says one.
  it('keeps what the service made of it when the file has not changed it', () => {
    const was = before({ status: 'pending', details: 'x' }, { status: 'completed', title: 'Renamed', details: 'y' });
    const { content, conflicts } = merge(was, read({ status: 'pending', details: 'x' }));
    expect(content).toMatchObject({ status: 'completed', title: 'Renamed', details: 'y' });
    expect(conflicts).toEqual([]);
  });

  it('takes what the file has changed when the service has not', () => {
    const { content, conflicts } = merge(before({ status: 'pending' }), read({ status: 'review', details: 'new' }));
    expect(content).toMatchObject({ status: 'in_progress', stage: 'review', details: 'new' });
    expect(conflicts).toEqual([]);
  });

  it('is no conflict when both sides have made the same change', () => {
    const { content, conflicts } = merge(
      before({ status: 'pending' }, { status: 'completed' }),
      read({ status: 'done' }),
    );
    expect([content.status, conflicts]).toEqual(['completed', []]);
  });

  it.each<[Resolution, string, unknown]>([
    ['refuse', 'in the project', [['details', 'in the file', 'in the project']]],
    ['ours', 'in the project', []],
    ['theirs', 'in the file', []],
  ])('that both sides have changed is reported; with %s it is %s', (resolution, value, again) => {
    const was = before({ details: 'old', priority: 'low' }, { details: 'in the project' });
    const now = read({ details: 'in the file', priority: 'high' });
    const merged = merge(was, now, resolution);
    expect(merged.content).toMatchObject({ details: value, priority: 8 });
    expect(merged.conflicts).toEqual([{ field: 'details', file: 'in the file', project: 'in the project' }]);
    // The next import of the same file finds it again only if it was left undecided.
    const next = mergeTask({ ...was.file, ...merged.content }, now, merged.base, 'refuse');
    expect(next.conflicts.map(({ field, file, project }) => [field, file, project])).toEqual(again);
    expect(next.content).toMatchObject({ details: value, priority: 8 });
  });

  it('stays as it was set here when the file never had it', () => {
    const was = before({}, { assignedTo: 'ada', tags: ['x'], priority: 9, metadata: { a: 1, _tm: { b: 2 } } });
    const { content, conflicts } = merge(was, read({}));
    expect(content).toMatchObject({ assignedTo: 'ada', tags: ['x'], priority: 9, metadata: { a: 1, _tm: { b: 2 } } });
    expect(conflicts).toEqual([]);
  });

  it('goes back to its default when the file had it and has it no more', () => {
    const was = before({ assignee: 'ada', tags: ['x'], priority: 'high', metadata: { a: 1 } });
    expect(merge(was, read({})).content).toMatchObject({ assignedTo: null, tags: [], priority: 5, metadata: {} });
  });

  it('that was never exchanged has changed on both sides, if the file says it at all', () => {
    const current = { ...read({}), source: null, title: 'Here', priority: 0, details: 'long' };
    const { content, conflicts, base } = mergeTask(current, read({ title: 'There' }), undefined, 'refuse');
    expect(content).toMatchObject({ title: 'Here', priority: 0, details: 'long' });
    expect(conflicts).toEqual([{ field: 'title', file: 'There', project: 'Here' }]);
    expect(mergeTask(current, read({ title: 'There' }), base, 'refuse').conflicts).toEqual(conflicts);
    expect(mergeTask(current, read({ title: 'Here' }), base, 'refuse').conflicts).toEqual([]);
  });
});

describe('the priority of a subtask that has none in the file', () => {
  it('follows that of its parent', () => {
    const was = before({}, {}, { priority: 'high' });
    expect(was.file.priority).toBe(8);
    expect(merge(was, read({}, { priority: 'low' })).content.priority).toBe(2);
  });

  it('stays where it was put here', () => {
    const was = before({}, { priority: 3 }, { priority: 'high' });
    expect(merge(was, read({}, { priority: 'low' }))).toMatchObject({ content: { priority: 3 }, conflicts: [] });
  });

  it('is the exact one that the file keeps beside it', () => {
    const marked = read({ metadata: { _tm: { priority: 7 } } }, { priority: 'high' });
    expect(merge(before({}, {}, { priority: 'high' }), marked).content.priority).toBe(7);
  });
});

describe('metadata', () => {
  it('is merged key by key, and keeps what the service has under its own key', () => {
    const was = before(
      { metadata: { a: 1, b: 1, c: 1 } },
      { metadata: { a: 1, b: 2, c: 1, mine: true, _tm: { kept: true } } },
    );
    const { content, conflicts } = merge(was, read({ metadata: { a: 2, b: 1 } }));
    expect(content.metadata).toEqual({ a: 2, b: 2, mine: true, _tm: { kept: true } });
    expect(conflicts).toEqual([]);
  });

  it('takes guidance from the file and keeps the user part of the service', () => {
    const was = before({ skills: ['x'] }, { metadata: { mine: 1, _tm: { guidance: { skills: ['x'] } } } });
    expect(merge(was, read({ skills: ['y'] })).content.metadata).toEqual({
      mine: 1,
      _tm: { guidance: { skills: ['y'] } },
    });
  });
});

describe('sets', () => {
  it('get what each side has added and lose what each has removed', () => {
    const was = before({ tags: ['a', 'b', 'c'] }, { tags: ['a', 'c', 'here'] });
    const { content, conflicts } = merge(was, read({ tags: ['b', 'c', 'there'] }));
    expect([content.tags, conflicts]).toEqual([['c', 'here', 'there'], []]);
  });

  it('of dependencies say what the file has changed', () => {
    const changes = (then: string[], now: string[]): unknown => {
      const base = { dependencies: then };
      const { added, removed } = dependencyChanges({ ...read({}), dependencies: now }, base)!;
      return [[...added], [...removed]];
    };
    expect(changes(['1', '2'], ['2', '3'])).toEqual([['3'], ['1']]);
    expect(dependencyChanges(read({}), undefined)).toBeNull();
    expect(dependencyChanges(read({}), { dependencies: null })).toBeNull();
  });
});

describe('edits of different parts', () => {
  /** Every part with two values; a file may have either or none. */
  const values: Record<string, readonly [JsonObject[string], JsonObject[string]]> = {
    title: ['Old', 'New'],
    description: ['old', 'new'],
    details: ['old', ''],
    testStrategy: ['', 'new'],
    status: ['pending', 'done'],
    priority: ['low', 'critical'],
    complexity: [3, 9],
    category: ['design', 'testing'],
    assignee: ['ada', 'eve'],
    effort: [1, 2.5],
    tags: [['a'], ['a', 'b']],
    acceptanceCriteria: [['x'], []],
    skills: [['x'], ['y']],
    'metadata.k': [1, { z: [1] }],
    'metadata.l': ['1', null],
  };
  const names = Object.keys(values);
  const fileOf = (state: readonly number[]): JsonObject => {
    const entries = names.map((name, index) => [name, values[name]![state[index] === 1 ? 1 : 0]] as const);
    const inMetadata = entries.filter(([name]) => name.startsWith('metadata.'));
    return {
      ...Object.fromEntries(entries.filter(([name]) => !name.startsWith('metadata.'))),
      metadata: Object.fromEntries(inMetadata.map(([name, value]) => [name.slice('metadata.'.length), value])),
    };
  };

  // Mutations that this fails on: compare a part with another one's base, or take a part of the file that did not change.
  it('are both kept, on whichever side each was made', () => {
    const edits = fc.array(fc.constantFrom('none', 'file', 'project', 'both'), {
      minLength: names.length,
      maxLength: names.length,
    });
    fc.assert(
      fc.property(edits, (who) => {
        const after = (side: string): number[] => who.map((one) => (one === side || one === 'both' ? 1 : 0));
        const file = read(fileOf(names.map(() => 0)));
        const project = read(fileOf(after('project')));
        const merged = mergeTask(project, read(fileOf(after('file'))), baseOf(file), 'refuse');
        const { source: _source, ...expected } = read(fileOf(who.map((one) => (one === 'none' ? 0 : 1))));
        expect(merged.conflicts).toEqual([]);
        expect(expected).toMatchObject(merged.content);
      }),
    );
  });
});
