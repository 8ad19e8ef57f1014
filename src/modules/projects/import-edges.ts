import type { Edge } from './dependency-graph.js';
import type { ImportConflict, ImportInput, PlannedTask } from './import-input.js';
import type { Sliced } from './slices.js';
import type { StoredTasks } from './stored-tasks.js';
import type { Normalisation } from './tasks-json/findings.js';
import { DEPENDENCIES } from './tasks-json/tasks-json.base.js';
import { dependencyChanges } from './tasks-json/tasks-json.merge.js';

export interface EdgePlan {
  readonly added: readonly Edge[];
  readonly removed: readonly Edge[];
  readonly conflicts: readonly ImportConflict[];
  /** The tasks whose dependencies stay undecided. */
  readonly undecided: readonly PlannedTask[];
  readonly normalisations: readonly Normalisation[];
}

interface Change {
  readonly added: Iterable<string>;
  readonly removed: Iterable<string>;
}

/** Does to the dependencies of the project what the file has done to its own. */
export function* planEdges(
  planned: readonly PlannedTask[],
  stored: StoredTasks,
  { resolution }: Pick<ImportInput, 'resolution'>,
): Sliced<EdgePlan> {
  const idByKey = new Map(planned.map(({ list, ref, id }) => [`${list} ${ref}`, id]));
  const [added, removed]: [Edge[], Edge[]] = [[], []];
  const conflicts: ImportConflict[] = [];
  const undecided: PlannedTask[] = [];
  const normalisations: Normalisation[] = [];
  for (const task of planned) {
    yield;
    const { id, list, ref } = task;
    const now = stored.dependenciesOf(id);
    const change = changeOf(task, now);
    const isConflict = change === null;
    if (isConflict) {
      conflicts.push(conflictOf(task, now));
      if (resolution === 'refuse') undecided.push(task);
      if (resolution !== 'theirs') continue;
    }
    const { added: more, removed: less } = change ?? replace(task, now);
    for (const name of more) {
      const parent = idByKey.get(`${list} ${name}`);
      // A task that this import restores still has the dependencies it was deleted with.
      if (now.has(name) || (parent !== undefined && stored.hasDependency(id, parent))) continue;
      if (parent !== undefined) added.push({ child: id, parent });
      else normalisations.push({ path: `${list}: ${ref}`, code: 'DEPENDENCY_MISSING', message: deletedNote(name) });
    }
    for (const name of less) {
      const parent = now.get(name);
      if (parent !== undefined) removed.push({ child: id, parent });
    }
  }
  return { added, removed, conflicts, undecided, normalisations };
}

const deletedNote = (name: string): string => `${name} was deleted in the project; the dependency on it is dropped`;

/** What the file changes; null where nobody knows what it had before, and it says something else than the project. */
function changeOf(task: PlannedTask, now: ReadonlyMap<string, string>): Change | null {
  const { imported, stored, base } = task;
  if (stored === null || stored.isDeleted) return replace(task, now);
  const change = dependencyChanges(imported, base);
  if (change !== null) return change;
  const { dependencies, source } = imported;
  const isSaid = source.keys.includes(DEPENDENCIES) || dependencies.length > 0;
  const isSame = dependencies.length === now.size && dependencies.every((name) => now.has(name));
  return isSaid && !isSame ? null : { added: [], removed: [] };
}

function replace({ imported }: PlannedTask, now: ReadonlyMap<string, string>): Change {
  const wanted = new Set(imported.dependencies);
  return { added: wanted, removed: [...now.keys()].filter((name) => !wanted.has(name)) };
}

function conflictOf({ list, ref, imported, stored }: PlannedTask, now: ReadonlyMap<string, string>): ImportConflict {
  const title = stored?.task.title ?? imported.title;
  const [file, project] = [[...imported.dependencies], [...now.keys()]];
  return { list, ref, title, code: 'CHANGED_ON_BOTH_SIDES', field: DEPENDENCIES, file, project };
}
