import { describe, expect, it } from '@jest/globals';
import { Fault } from '../../platform/faults/fault.js';
import type { Columns } from './task.rules.js';
import { contentColumns, patchColumns, replacementColumns } from './task.rules.js';
import { STATUS_NAMES, priorityOf, stateOf } from './task.values.js';

const valueOf = (columns: Columns, name: string): unknown => columns.get(name)?.value;

function problemsOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.errors.map((problem) => problem.path);
    throw error;
  }
}

describe('words of other tools', () => {
  it.each([
    ['todo', 'pending', null],
    ['in-progress', 'in_progress', null],
    ['done', 'completed', null],
    ['review', 'in_progress', 'review'],
    ['blocked', 'pending', 'blocked'],
    ['deferred', 'pending', 'deferred'],
    ['failed', 'failed', null],
  ])('%s is %s with stage %s', (word, status, stage) => {
    expect(stateOf(word)).toEqual({ status, stage });
    const columns = patchColumns({ status: word });
    expect([valueOf(columns, 'status'), valueOf(columns, 'stage')]).toEqual([status, stage]);
  });

  it('know no words of Object.prototype', () => {
    expect(STATUS_NAMES).not.toContain('constructor');
    expect([stateOf('constructor'), priorityOf('toString')]).toEqual([undefined, undefined]);
  });

  it.each([
    ['low', 2],
    ['medium', 5],
    ['high', 8],
    ['urgent', 10],
    ['critical', 10],
  ])('priority %s is %d', (word, number) => {
    expect(valueOf(patchColumns({ priority: word }), 'priority')).toBe(number);
  });
});

describe('a patch', () => {
  it('changes what it names and nothing else', () => {
    expect([...patchColumns({ title: 'new', dueDate: null }).keys()]).toEqual(['title', 'due_date']);
  });

  it('gives a stage its status, and a status without a stage clears the stage', () => {
    expect(valueOf(patchColumns({ stage: 'review' }), 'status')).toBe('in_progress');
    expect(valueOf(patchColumns({ stage: 'deferred' }), 'status')).toBe('pending');
    expect(valueOf(patchColumns({ status: 'completed' }), 'stage')).toBeNull();
    expect(patchColumns({ stage: null }).has('status')).toBe(false);
  });

  it('merges metadata, and null resets what always has a value', () => {
    expect(patchColumns({ metadata: { a: 1 } }).get('metadata')).toMatchObject({ merge: true });
    expect(patchColumns({ metadata: null }).get('metadata')).toEqual({ value: '{}', cast: 'jsonb' });
    expect(valueOf(patchColumns({ priority: null, tags: null }), 'priority')).toBe(0);
  });

  it('names everything that is wrong at once', () => {
    const wrong = { title: ' ', status: 'nope', priority: 11, tags: ['x', 1], dueDate: '2026-02-30', id: 'x' };
    expect(problemsOf(() => patchColumns(wrong)).sort()).toEqual(
      ['dueDate', 'id', 'priority', 'status', 'tags', 'title'].sort(),
    );
    expect(problemsOf(() => patchColumns({ title: null }))).toContain('title');
  });

  it.each([
    [{ status: 'completed', stage: 'review' }],
    [{ status: 'review', stage: 'blocked' }],
    [{ status: 'pending', stage: 'review' }],
  ])('refuses a stage that does not go with its status: %j', (patch) => {
    expect(problemsOf(() => patchColumns(patch))).toEqual(['stage']);
  });

  it.each([[null], [[]], ['x'], [1]])('must be an object, not %j', (patch) => {
    expect(problemsOf(() => patchColumns(patch))).toEqual(['body']);
  });
});

describe('a replacement', () => {
  it('gives what it leaves out its default', () => {
    const columns = replacementColumns({ title: 'only' });
    expect(Object.fromEntries([...columns].map(([name, { value }]) => [name, value]))).toMatchObject({
      title: 'only',
      description: null,
      status: 'pending',
      priority: 0,
      complexity_score: 5,
      tags: '[]',
      metadata: '{}',
      due_date: null,
    });
    expect([...columns.keys()]).toEqual([...contentColumns({ title: 'x' }).keys()]);
  });

  it('needs a title', () => {
    expect(problemsOf(() => replacementColumns({ priority: 1 }))).toContain('title');
  });
});
