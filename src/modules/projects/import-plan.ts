import type { Edge } from './dependency-graph.js';
import { acceptEdges } from './dependency-graph.js';
import type { Sliced } from './slices.js';
import { deletedTasks } from './import-deletions.js';
import { planEdges } from './import-edges.js';
import type { ImportConflict, ImportInput, PlannedTask, StoredTask } from './import-input.js';
import { isChanged, mergeTasks } from './import-merge.js';
import { StoredTasks } from './stored-tasks.js';
import type { Normalisation } from './tasks-json/findings.js';
import type { Json } from './tasks-json/json-value.js';
import { storedText } from './tasks-json/json-value.js';
import type { ListBase, TaskBase } from './tasks-json/tasks-json.base.js';
import { DEPENDENCIES } from './tasks-json/tasks-json.base.js';
import type { ImportedList } from './tasks-json/tasks-json.model.js';

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
  readonly conflicts: readonly ImportConflict[];
  readonly normalisations: readonly Normalisation[];
  /** What counts as exchanged from now on, by list. */
  readonly bases: ReadonlyMap<string, ListBase>;
}

export function countNew(lists: readonly ImportedList[], stored: readonly StoredTask[]): number {
  const known = new StoredTasks(stored, []);
  return lists.reduce((sum, { name, tasks }) => sum + tasks.filter(({ ref }) => !known.get(name, ref)).length, 0);
}

export function* planImport(input: ImportInput): Sliced<ImportPlan> {
  const stored = new StoredTasks(input.stored, input.edges);
  const { planned, absent, conflicts, next } = yield* mergeTasks(input, stored);
  const edges = yield* planEdges(planned, stored, input);
  const removed = new Set(edges.removed.map(edgeKey));
  const kept = input.edges.filter((edge) => !removed.has(edgeKey(edge)));
  const { accepted, refused } = acceptEdges(kept, edges.added);
  const touched = new Set([...accepted, ...edges.removed].map(({ child }) => child));
  const inserts = countEdges(planned, accepted, input.openStatuses);
  yield;
  const isNew = new Set(inserts.map(({ id }) => id));
  const { others, updates, sources, updated } = yield* sortChanges(planned, touched);
  const deletions = deletedTasks(input, stored);
  return {
    inserts,
    updates,
    sources,
    deletes: deletions.deletes,
    newEdges: accepted.filter(({ child }) => isNew.has(child)),
    addedEdges: accepted.filter(({ child }) => !isNew.has(child)),
    removedEdges: edges.removed,
    counts: {
      created: inserts.length,
      updated,
      unchanged: others.length + absent - updated,
      deleted: deletions.deletes.length,
    },
    conflicts: [...conflicts, ...edges.conflicts, ...deletions.conflicts],
    normalisations: [...edges.normalisations, ...refusedNotes(refused, planned)],
    bases: nextBases(next, edges.undecided, deletions.carried),
  };
}

interface Changes {
  readonly others: readonly PlannedTask[];
  readonly updates: readonly PlannedTask[];
  readonly sources: readonly PlannedTask[];
  readonly updated: number;
}

/** What to write of the tasks that the project has. */
function* sortChanges(planned: readonly PlannedTask[], touched: ReadonlySet<string>): Sliced<Changes> {
  const others = planned.filter((task) => task.stored !== null);
  const updates: PlannedTask[] = [];
  const sources: PlannedTask[] = [];
  let updated = 0;
  for (const task of others) {
    yield;
    const changed = isChanged(task);
    if (changed) updates.push(task);
    else if (!hasSameSource(task)) sources.push(task);
    if (changed || touched.has(task.id)) updated += 1;
  }
  return { others, updates, sources, updated };
}

/** Adds what the merge of dependencies left undecided, and the tasks that the file has no more. */
function nextBases(
  next: ReadonlyMap<string, Map<string, TaskBase>>,
  undecided: readonly PlannedTask[],
  carried: ReadonlyMap<string, ListBase>,
): ReadonlyMap<string, ListBase> {
  for (const { list, ref } of undecided) {
    const base = next.get(list);
    base?.set(ref, { ...base.get(ref), [DEPENDENCIES]: null });
  }
  const lists = new Set([...next.keys(), ...carried.keys()]);
  return new Map([...lists].map((list) => [list, new Map([...(next.get(list) ?? []), ...(carried.get(list) ?? [])])]));
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

function hasSameSource({ imported, stored }: PlannedTask): boolean {
  const text = (source: unknown): string => storedText((source ?? null) as Json);
  return text(imported.source) === text(stored?.task.source);
}

const edgeKey = ({ child, parent }: Edge): string => `${child} ${parent}`;

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
