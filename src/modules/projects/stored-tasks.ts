import type { Edge } from './dependency-graph.js';
import type { StoredTask } from './import-input.js';

const keyOf = (list: string, ref: string): string => `${list} ${ref}`;

/** The stored tasks by their numbers, with their dependencies. */
export class StoredTasks {
  readonly #byKey: ReadonlyMap<string, StoredTask>;
  readonly #byId: ReadonlyMap<string, StoredTask>;
  readonly #parents = new Map<string, string[]>();

  constructor(stored: readonly StoredTask[], edges: readonly Edge[]) {
    this.#byKey = new Map(stored.map((one) => [keyOf(one.list, one.task.ref), one]));
    this.#byId = new Map(stored.map((one) => [one.id, one]));
    for (const { child, parent } of edges) {
      const parents = this.#parents.get(child);
      if (parents === undefined) this.#parents.set(child, [parent]);
      else parents.push(parent);
    }
  }

  get(list: string, ref: string): StoredTask | undefined {
    return this.#byKey.get(keyOf(list, ref));
  }

  /** Whether the dependency is stored, even if one of the two tasks is deleted or they lie in different lists. */
  hasDependency(child: string, parent: string): boolean {
    return this.#parents.get(child)?.includes(parent) ?? false;
  }

  /** The dependencies that a file can express: on live tasks of the same list. Their ids, by number. */
  dependenciesOf(id: string): ReadonlyMap<string, string> {
    const list = this.#byId.get(id)?.list;
    const found = new Map<string, string>();
    for (const parent of this.#parents.get(id) ?? []) {
      const other = this.#byId.get(parent);
      if (other !== undefined && !other.isDeleted && other.list === list) found.set(other.task.ref, parent);
    }
    return found;
  }
}
