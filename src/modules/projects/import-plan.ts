import type { Edge } from './dependency-graph.js';
import { acceptEdges } from './dependency-graph.js';
import type { Normalisation } from './tasks-json/findings.js';
import type { Json } from './tasks-json/json-value.js';
import { storedText } from './tasks-json/json-value.js';
import { hasSameContent, mergeContent, setsDependencies } from './tasks-json/tasks-json.merge.js';
import type { ImportedList, ImportedTask, Task, TaskContent } from './tasks-json/tasks-json.model.js';
import { parentOf } from './tasks-json/tasks-json.refs.js';

/** A task as it is stored. */
export interface StoredTask {
  readonly id: string;
  readonly list: string;
  readonly isDeleted: boolean;
  readonly assigneeId: string | null;
  readonly task: Task;
}

/** A task as it will be written. */
export interface PlannedTask {
  readonly id: string;
  readonly list: string;
  readonly ref: string;
  readonly parentId: string | null;
  readonly content: TaskContent;
  readonly imported: ImportedTask;
  readonly stored: StoredTask | null;
}

/** A new task with its dependency counts, so that triggers need not update it afterwards. */
export interface NewTask extends PlannedTask {
  readonly dependencyCount: number;
  readonly openDependencies: number;
}

export interface ImportPlan {
  readonly inserts: readonly NewTask[];
  readonly updates: readonly PlannedTask[];
  /** Tasks with the same content whose file has another layout. */
  readonly sources: readonly PlannedTask[];
  readonly deletes: readonly StoredTask[];
  /** Edges of new tasks, which are included in their counts. */
  readonly newEdges: readonly Edge[];
  /** Edges of existing tasks. */
  readonly addedEdges: readonly Edge[];
  readonly removedEdges: readonly Edge[];
  readonly counts: { created: number; updated: number; unchanged: number; deleted: number };
  readonly normalisations: readonly Normalisation[];
}

export interface ImportInput {
  readonly lists: readonly ImportedList[];
  readonly stored: readonly StoredTask[];
  /**
   * The edges of the whole project and of its prerequisites elsewhere, because a cycle can lead through tasks outside
   * the file.
   */
  readonly edges: readonly Edge[];
  /** One id for each new task. */
  readonly newIds: readonly string[];
  readonly prune: boolean;
  /**
   * The statuses in which a prerequisite is open, according to app.is_open, which the counters of the database also
   * follow.
   */
  readonly openStatuses: ReadonlySet<string>;
}

const keyOf = (list: string, ref: string): string => `${list} ${ref}`;

type ByKey = ReadonlyMap<string, StoredTask>;

export function byKey(stored: readonly StoredTask[]): ByKey {
  return new Map(stored.map((task) => [keyOf(task.list, task.task.ref), task]));
}

export function countNew(lists: readonly ImportedList[], stored: readonly StoredTask[]): number {
  const known = byKey(stored);
  return lists.reduce(
    (sum, { name, tasks }) => sum + tasks.filter(({ ref }) => !known.has(keyOf(name, ref))).length,
    0,
  );
}

export function planImport(input: ImportInput): ImportPlan {
  const known = byKey(input.stored);
  const planned = planTasks(input, known);
  const { added, removed } = diffEdges(planned, input);
  const removedSet = new Set(removed.map(edgeKey));
  const kept = input.edges.filter((edge) => !removedSet.has(edgeKey(edge)));
  const { accepted, refused } = acceptEdges(kept, added);
  const touched = new Set([...accepted, ...removed].map(({ child }) => child));
  const inserts = countEdges(planned, accepted, input.openStatuses);
  const isNew = new Set(inserts.map(({ id }) => id));
  const others = planned.filter(({ stored }) => stored !== null);
  const updates = others.filter(isChanged);
  const sources = others.filter((task) => !isChanged(task) && !hasSameSource(task));
  const updated = others.filter((task) => isChanged(task) || touched.has(task.id)).length;
  const deletes = input.prune ? prunedTasks(input, planned) : [];
  return {
    inserts,
    updates,
    sources,
    deletes,
    newEdges: accepted.filter(({ child }) => isNew.has(child)),
    addedEdges: accepted.filter(({ child }) => !isNew.has(child)),
    removedEdges: removed,
    counts: {
      created: inserts.length,
      updated,
      unchanged: others.length - updated,
      deleted: deletes.length,
    },
    normalisations: refusedNotes(refused, planned),
  };
}

function planTasks({ lists, newIds }: ImportInput, known: ByKey): PlannedTask[] {
  const ids = newIds.values();
  return lists.flatMap(({ name, tasks }) => {
    const idByRef = new Map<string, string>();
    return tasks.map((imported) => {
      const stored = known.get(keyOf(name, imported.ref)) ?? null;
      const id = stored?.id ?? ids.next().value ?? '';
      idByRef.set(imported.ref, id);
      // The file lists a task before its subtasks, so the id of the parent is known.
      const parentId = imported.parentRef === null ? null : (idByRef.get(imported.parentRef) ?? null);
      const content = stored === null ? imported : mergeContent(stored.task, imported);
      return { id, list: name, ref: imported.ref, parentId, content, imported, stored };
    });
  });
}

function countEdges(
  planned: readonly PlannedTask[],
  edges: readonly Edge[],
  openStatuses: ReadonlySet<string>,
): NewTask[] {
  const closed = new Set(planned.filter(({ content }) => !openStatuses.has(content.status)).map(({ id }) => id));
  const all = new Map<string, number>();
  const open = new Map<string, number>();
  for (const { child, parent } of edges) {
    all.set(child, (all.get(child) ?? 0) + 1);
    if (!closed.has(parent)) open.set(child, (open.get(child) ?? 0) + 1);
  }
  return planned
    .filter(({ stored }) => stored === null)
    .map((task) => ({ ...task, dependencyCount: all.get(task.id) ?? 0, openDependencies: open.get(task.id) ?? 0 }));
}

function isChanged({ content, stored }: PlannedTask): boolean {
  return stored !== null && (stored.isDeleted || !hasSameContent(content, stored.task));
}

function hasSameSource({ imported, stored }: PlannedTask): boolean {
  const text = (source: unknown): string => storedText((source ?? null) as Json);
  return text(imported.source) === text(stored?.task.source);
}

const edgeKey = ({ child, parent }: Edge): string => `${child} ${parent}`;

function diffEdges(planned: readonly PlannedTask[], input: ImportInput): { added: Edge[]; removed: Edge[] } {
  const existing = new Map<string, Set<string>>();
  for (const { child, parent } of input.edges) existing.set(child, (existing.get(child) ?? new Set()).add(parent));
  const idByKey = new Map(planned.map((task) => [keyOf(task.list, task.ref), task.id]));
  // The file cannot remove dependencies that it cannot express: those on deleted tasks and on other lists.
  const removable = new Map(input.stored.filter(({ isDeleted }) => !isDeleted).map(({ id, list }) => [id, list]));
  const added: Edge[] = [];
  const removed: Edge[] = [];
  for (const { id, list, imported, stored } of planned) {
    if (!setsDependencies(stored?.task ?? null, imported)) continue;
    const wanted = new Set(imported.dependencies.map((ref) => idByKey.get(keyOf(list, ref)) ?? ''));
    const now = existing.get(id) ?? new Set<string>();
    for (const parent of wanted) if (!now.has(parent)) added.push({ child: id, parent });
    for (const parent of now) {
      if (!wanted.has(parent) && removable.get(parent) === list) removed.push({ child: id, parent });
    }
  }
  return { added, removed };
}

/** Tasks of an earlier file that are missing in this one, with their subtasks. */
function prunedTasks({ stored }: ImportInput, planned: readonly PlannedTask[]): StoredTask[] {
  const present = new Set(planned.map(({ id }) => id));
  const gone = new Set<string>();
  return stored
    .toSorted((a, b) => a.task.ref.length - b.task.ref.length)
    .filter(({ id, list, isDeleted, task }) => {
      const parent = parentOf(task.ref);
      const isGone = task.source !== null || (parent !== null && gone.has(keyOf(list, parent)));
      if (!isGone || isDeleted || present.has(id)) return false;
      gone.add(keyOf(list, task.ref));
      return true;
    });
}

function refusedNotes(refused: readonly Edge[], planned: readonly PlannedTask[]): Normalisation[] {
  const byId = new Map(planned.map((task) => [task.id, task]));
  return refused.map(({ child, parent }) => {
    const task = byId.get(child);
    return {
      path: `${task?.list}: ${task?.ref}`,
      code: 'DEPENDENCY_CYCLE',
      message: `a dependency on ${byId.get(parent)?.ref} would close a cycle through tasks of the service; dropped`,
    };
  });
}
