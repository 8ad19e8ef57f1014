import type { ImportConflict, ImportInput, StoredTask } from './import-input.js';
import type { StoredTasks } from './stored-tasks.js';
import type { ListBase, TaskBase } from './tasks-json/tasks-json.base.js';
import { isAsExchanged } from './tasks-json/tasks-json.base.js';
import type { Resolution } from './tasks-json/tasks-json.merge.js';
import { parentOf } from './tasks-json/tasks-json.refs.js';

export interface DeletionPlan {
  readonly deletes: readonly StoredTask[];
  readonly conflicts: readonly ImportConflict[];
  /** What stays exchanged of tasks that the file has no more, and the project still has. */
  readonly carried: ReadonlyMap<string, ListBase>;
}

type Input = Pick<ImportInput, 'lists' | 'stored' | 'bases' | 'prune' | 'resolution'>;

/**
 * The tasks that were exchanged and are missing in the file. Pruning deletes those that nobody has changed in the
 * project since; without it, they stay, and stay known, so that a later import can prune them.
 */
export function deletedTasks(input: Input, stored: StoredTasks): DeletionPlan {
  const inFile = new Map(input.lists.map(({ name, tasks }) => [name, new Set(tasks.map(({ ref }) => ref))]));
  const live = childrenOf(input.stored);
  const plan = { deletes: new Map<string, StoredTask>(), conflicts: [] as ImportConflict[] };
  const carried = new Map<string, ListBase>();
  for (const [list, base] of input.bases) {
    const missing = [...base]
      .filter(([ref]) => !inFile.get(list)?.has(ref))
      .map(([ref, before]) => ({ before, task: stored.get(list, ref) }))
      .filter((one): one is Missing => one.task !== undefined && !one.task.isDeleted);
    const kept = input.prune ? prune(missing, { stored, live, plan, resolution: input.resolution }) : missing;
    carried.set(list, new Map(kept.map(({ task, before }) => [task.task.ref, before])));
  }
  return { deletes: [...plan.deletes.values()], conflicts: plan.conflicts, carried };
}

interface Missing {
  readonly task: StoredTask;
  /** What was exchanged of it. */
  readonly before: TaskBase;
}

interface Pruning {
  readonly stored: StoredTasks;
  readonly live: Children;
  readonly plan: { readonly deletes: Map<string, StoredTask>; readonly conflicts: ImportConflict[] };
  readonly resolution: Resolution;
}

/**
 * Plans to delete what nobody has changed, subtasks first: a task that still has some stays with them.
 * @returns the tasks that stay undecided
 */
function prune(missing: readonly Missing[], { stored, live, plan, resolution }: Pruning): readonly Missing[] {
  const kept = new Map<string, Missing>();
  for (const one of missing.toSorted((a, b) => depthOf(b.task) - depthOf(a.task))) {
    const { task, before } = one;
    const below = childrenIn(live, task).filter(({ id }) => !plan.deletes.has(id));
    const isUntouched = isAsExchanged(before, task.task, [...stored.dependenciesOf(task.id).keys()]);
    if (isUntouched && below.length === 0) plan.deletes.set(task.id, task);
    else {
      // A task that stays only for a subtask that was reported needs no report of its own.
      if (!isUntouched || !below.some(({ id }) => kept.has(id))) plan.conflicts.push(conflictOf(task));
      if (resolution !== 'theirs') kept.set(task.id, one);
      else for (const each of withAllBelow(task, live)) plan.deletes.set(each.id, each);
    }
  }
  return resolution === 'refuse' ? [...kept.values()] : [];
}

const depthOf = ({ task }: StoredTask): number => task.ref.split('.').length;

type Children = ReadonlyMap<string, readonly StoredTask[]>;

function childrenOf(stored: readonly StoredTask[]): Children {
  const children = new Map<string, StoredTask[]>();
  for (const one of stored) {
    const parent = parentOf(one.task.ref);
    if (parent === null || one.isDeleted) continue;
    const key = `${one.list} ${parent}`;
    const siblings = children.get(key);
    if (siblings === undefined) children.set(key, [one]);
    else siblings.push(one);
  }
  return children;
}

function childrenIn(children: Children, { list, task }: StoredTask): readonly StoredTask[] {
  return children.get(`${list} ${task.ref}`) ?? [];
}

function withAllBelow(task: StoredTask, children: Children): StoredTask[] {
  return [task, ...childrenIn(children, task).flatMap((one) => withAllBelow(one, children))];
}

function conflictOf({ list, task: { ref, title } }: StoredTask): ImportConflict {
  return { list, ref, title, code: 'DELETED_IN_FILE', field: null, file: null, project: title };
}
