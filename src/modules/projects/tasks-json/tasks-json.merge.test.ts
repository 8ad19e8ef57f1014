import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './json-value.js';
import { mergeContent, setsDependencies } from './tasks-json.merge.js';
import type { ImportedTask, Task } from './tasks-json.model.js';
import { readTasksJson } from './tasks-json.read.js';

function read(fields: JsonObject, parent: JsonObject = {}): ImportedTask {
  const file = { master: { tasks: [{ id: 1, title: 'p', ...parent, subtasks: [{ id: 1, title: 't', ...fields }] }] } };
  const result = readTasksJson(file);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.file.lists[0]!.tasks[1]!;
}

/** What an import brought and somebody changed since. */
const changed = (fields: JsonObject, change: Partial<Task>, parent: JsonObject = {}): Task => ({
  ...read(fields, parent),
  ...change,
});
const born = (change: Partial<Task>): Task => ({ ...read({}), source: null, ...change });

describe('a field of a task that is imported again', () => {
  it('is as the file says', () => {
    const before = changed({ status: 'pending' }, { status: 'completed', title: 'Renamed' });
    expect(mergeContent(before, read({ status: 'review' }))).toMatchObject({
      status: 'in_progress',
      stage: 'review',
      title: 't',
    });
  });

  // Teeth: let every key speak.
  it('stays as it was set here when the file never had it', () => {
    const before = changed({}, { assignedTo: 'ada', tags: ['x'], priority: 9, metadata: { a: 1, _tm: { b: 2 } } });
    expect(mergeContent(before, read({}))).toMatchObject({
      assignedTo: 'ada',
      tags: ['x'],
      priority: 9,
      metadata: { a: 1, _tm: { b: 2 } },
    });
  });

  it('goes back to its default when the file had it and has it no more', () => {
    const before = changed({ assignee: 'ada', tags: ['x'], priority: 'high', metadata: { a: 1 } }, {});
    expect(mergeContent(before, read({}))).toMatchObject({ assignedTo: null, tags: [], priority: 5, metadata: {} });
  });

  it('is not touched in a task that was born here, beyond what the file says', () => {
    const before = born({ priority: 0, details: 'long', estimatedHours: 3 });
    expect(mergeContent(before, read({ title: 'New' }))).toMatchObject({
      title: 'New',
      priority: 0,
      details: 'long',
      estimatedHours: 3,
    });
  });
});

describe('the priority of a subtask that has none in the file', () => {
  it('follows that of its parent', () => {
    const before = changed({}, {}, { priority: 'high' });
    expect(before.priority).toBe(8);
    expect(mergeContent(before, read({}, { priority: 'low' })).priority).toBe(2);
  });

  it('stays where it was put here', () => {
    const before = changed({}, { priority: 3 }, { priority: 'high' });
    expect(mergeContent(before, read({}, { priority: 'low' })).priority).toBe(3);
  });

  it('is the exact one that the file keeps beside it', () => {
    const marked = read({ metadata: { _tm: { priority: 7 } } }, { priority: 'high' });
    expect(mergeContent(changed({}, {}, { priority: 'high' }), marked).priority).toBe(7);
  });
});

describe('metadata', () => {
  it('keeps what the service has under its own key when only the user part is in the file', () => {
    const before = changed({ metadata: { a: 1 } }, { metadata: { a: 1, _tm: { kept: true } } });
    expect(mergeContent(before, read({ metadata: { a: 2 } })).metadata).toEqual({ a: 2, _tm: { kept: true } });
  });

  it('takes guidance from the file and keeps the user part of the service', () => {
    const before = changed({ skills: ['x'] }, { metadata: { mine: 1, _tm: { guidance: { skills: ['x'] } } } });
    expect(mergeContent(before, read({ skills: ['y'] })).metadata).toEqual({
      mine: 1,
      _tm: { guidance: { skills: ['y'] } },
    });
  });
});

describe('dependencies', () => {
  it('are left alone by a file that never had any', () => {
    expect(setsDependencies(null, read({}))).toBe(false);
    expect(setsDependencies(read({}), read({}))).toBe(false);
  });

  it('are taken from a file that has them, or had them', () => {
    expect(setsDependencies(null, read({ dependencies: [] }))).toBe(true);
    expect(setsDependencies(read({ dependencies: [] }), read({}))).toBe(true);
  });
});
