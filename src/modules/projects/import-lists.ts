import type { ListRow } from './projects-import.queries.js';
import type { ImportedList, ListSource } from './tasks-json/tasks-json.model.js';

interface Options {
  /** Whether the complete file was read, and not only one of its lists. */
  readonly isWhole: boolean;
  /** Whether a list that the file has no more is to be forgotten. */
  readonly isPruned: (list: string) => boolean;
}

/** The lists to write: those of the file and, for a complete file, the changes it causes in the others. */
export function planLists(lists: readonly ImportedList[], stored: readonly ListRow[], options: Options): ListRow[] {
  const known = new Map(stored.map((row) => [row.list, row]));
  const last = Math.max(-1, ...stored.map(({ position }) => position));
  const written = lists.map((list, index) => rowOf(list, known.get(list.name), index, { ...options, last }));
  if (!options.isWhole) return written;
  const named = new Set(lists.map(({ name }) => name));
  const others = stored.filter(({ list, source }) => !named.has(list) && source !== null);
  return [
    ...written,
    ...others.map((row) => ({ ...row, source: options.isPruned(row.list) ? null : withoutRoot(row.source) })),
  ];
}

function rowOf(
  list: ImportedList,
  known: ListRow | undefined,
  index: number,
  { isWhole, last }: Options & { last: number },
): ListRow {
  const keys = [...(list.source?.keys ?? []), ...(known?.source?.keys ?? [])];
  const saysMetadata = keys.includes('metadata') || Object.keys(list.metadata).length > 0;
  return {
    list: list.name,
    position: isWhole ? index : (known?.position ?? last + 1),
    metadata: saysMetadata || known === undefined ? list.metadata : known.metadata,
    source: isWhole ? list.source : withRoot(list.source, known?.source ?? null),
  };
}

function withoutRoot(source: ListSource | null): ListSource | null {
  if (source === null) return null;
  const { root: _root, ...rest } = source;
  return rest;
}

/** A single list contains nothing about the keys beside the lists, so the stored ones are kept. */
function withRoot(source: ListSource | null, known: ListSource | null): ListSource | null {
  const root = known?.root;
  return root === undefined ? withoutRoot(source) : { ...(source ?? { keys: [] }), root };
}
