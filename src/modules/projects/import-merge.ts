import type { ImportConflict, ImportInput, PlannedTask } from './import-input.js';
import type { Sliced } from './slices.js';
import type { StoredTasks } from './stored-tasks.js';
import type { ListBase, TaskBase } from './tasks-json/tasks-json.base.js';
import { UPDATED_AT, baseOf } from './tasks-json/tasks-json.base.js';
import type { MergedTask, PartConflict, Resolution } from './tasks-json/tasks-json.merge.js';
import { hasSameContent, mergeTask } from './tasks-json/tasks-json.merge.js';
import type { ImportedList, ImportedTask } from './tasks-json/tasks-json.model.js';
import { parentOf } from './tasks-json/tasks-json.refs.js';

type Merging = Pick<ImportInput, 'lists' | 'newIds' | 'bases' | 'resolution'>;

export interface MergedTasks {
  readonly planned: readonly PlannedTask[];
  /** How many tasks of the file stay deleted in the project. */
  readonly absent: number;
  readonly conflicts: readonly ImportConflict[];
  /** What counts as exchanged from now on, by list and reference. */
  readonly next: ReadonlyMap<string, Map<string, TaskBase>>;
}

export function isChanged({ content, stored }: PlannedTask): boolean {
  return stored !== null && (stored.isDeleted || !hasSameContent(content, stored.task));
}

export function* mergeTasks({ lists, newIds, bases, resolution }: Merging, stored: StoredTasks): Sliced<MergedTasks> {
  const ids = newIds.values();
  const nextId = (): string => ids.next().value ?? '';
  const planned: PlannedTask[] = [];
  const conflicts: ImportConflict[] = [];
  const next = new Map<string, Map<string, TaskBase>>();
  let absent = 0;
  for (const list of lists) {
    const base = bases.get(list.name);
    const deleted = deletedInProject(list, stored, base);
    const left = resolution === 'theirs' ? restore(deleted) : deleted.absent;
    const exchanged = exchangeDeleted(list, deleted, base, resolution);
    const present = list.tasks.filter(({ ref }) => !left.has(ref));
    for (const task of number(list.name, present, stored, base, nextId)) {
      yield;
      const merged = mergeOne(task, resolution);
      planned.push({ ...task, content: merged.content });
      exchanged.set(task.ref, merged.base);
      for (const part of merged.conflicts) conflicts.push(conflictOf(task, part));
    }
    conflicts.push(...deleted.conflicts);
    absent += left.size;
    next.set(list.name, exchanged);
  }
  return { planned, absent, conflicts, next };
}

type NumberedTask = Omit<PlannedTask, 'content'>;

function* number(
  list: string,
  tasks: readonly ImportedTask[],
  stored: StoredTasks,
  base: ListBase | undefined,
  nextId: () => string,
): Generator<NumberedTask> {
  const idByRef = new Map<string, string>();
  for (const imported of tasks) {
    const { ref, parentRef } = imported;
    const found = stored.get(list, ref) ?? null;
    const id = found?.id ?? nextId();
    idByRef.set(ref, id);
    // The file lists a task before its subtasks, so the id of the parent is known.
    const parentId = parentRef === null ? null : (idByRef.get(parentRef) ?? null);
    yield { id, list, ref, parentId, imported, stored: found, base: base?.get(ref) };
  }
}

function mergeOne({ imported, stored, base }: NumberedTask, resolution: Resolution): MergedTask {
  if (stored === null || stored.isDeleted) return { content: imported, conflicts: [], base: baseOf(imported) };
  return mergeTask(stored.task, imported, base, resolution);
}

function conflictOf({ list, ref, stored, imported }: NumberedTask, part: PartConflict): ImportConflict {
  return { list, ref, title: stored?.task.title ?? imported.title, code: 'CHANGED_ON_BOTH_SIDES', ...part };
}

/** What counts as exchanged of the tasks that the project has deleted. */
function exchangeDeleted(
  { tasks }: ImportedList,
  { absent, conflicts }: Deleted,
  base: ListBase | undefined,
  resolution: Resolution,
): Map<string, TaskBase> {
  const undecided = new Set(resolution === 'refuse' ? conflicts.map(({ ref }) => ref) : []);
  const exchanged = new Map<string, TaskBase>();
  for (const task of tasks) {
    if (!absent.has(task.ref)) continue;
    exchanged.set(task.ref, undecided.has(task.ref) ? (base?.get(task.ref) ?? UNDECIDED) : baseOf(task));
  }
  return exchanged;
}

/** A task that was never exchanged, and that the project does not want: the next import asks again. */
const UNDECIDED: TaskBase = { title: null };

interface Deleted {
  /** Tasks of the file that stay deleted. */
  readonly absent: ReadonlySet<string>;
  /** Those of them that the file has changed or added. */
  readonly conflicts: readonly ImportConflict[];
}

/**
 * The tasks of the file that were deleted in the project since they were exchanged. One that the file did not have then
 * comes back: somebody has put it in again.
 */
function deletedInProject({ name, tasks }: ImportedList, stored: StoredTasks, base: ListBase | undefined): Deleted {
  const absent = new Set<string>();
  const conflicts: ImportConflict[] = [];
  for (const task of tasks) {
    const { ref, parentRef, title } = task;
    const found = stored.get(name, ref);
    const isBelowDeleted = parentRef !== null && absent.has(parentRef);
    const before = base?.get(ref);
    if (found ? !found.isDeleted : !isBelowDeleted) continue;
    if (found && base !== undefined && before === undefined && !isBelowDeleted) continue;
    absent.add(ref);
    if (before !== undefined && isSame(before, baseOf(task))) continue;
    conflicts.push({ list: name, ref, title, code: 'DELETED_IN_PROJECT', field: null, file: title, project: null });
  }
  return { absent, conflicts };
}

/** Takes the tasks that the file insists on, and all that they lie in, back from the deleted ones. */
function restore({ absent, conflicts }: Deleted): ReadonlySet<string> {
  const left = new Set(absent);
  for (const conflict of conflicts) {
    for (let ref: string | null = conflict.ref; ref !== null; ref = parentOf(ref)) left.delete(ref);
  }
  return left;
}

function isSame(a: TaskBase, b: TaskBase): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  names.delete(UPDATED_AT);
  return [...names].every(
    (name) => Object.hasOwn(a, name) && Object.hasOwn(b, name) && String(a[name]) === String(b[name]),
  );
}
