import type { JsonObject } from './json-value.js';
import { objectOf, own, without } from './json-value.js';
import { contentOf, digestOf } from './tasks-json.digest.js';
import { fields } from './tasks-json.fields.js';
import { groupByKey, ownKey } from './tasks-json.metadata.js';
import type { ImportedTask, Task, TaskContent } from './tasks-json.model.js';
import { defaultPriority } from './tasks-json.values.js';

/**
 * Whether the file sets a field: it has the key, or it had the key at the last import and somebody removed it. A key
 * that never existed sets nothing. Tools without assignees do not write one, and importing their file again must not
 * remove an assignee that was set in the service.
 */
function keyLookup(current: Task, imported: ImportedTask): (key: string) => boolean {
  const keys = new Set([...imported.source.keys, ...(current.source?.keys ?? [])]);
  return (key) => keys.has(key);
}

/** The content of an existing task after merging the file. */
export function mergeContent(current: Task, imported: ImportedTask): TaskContent {
  const merged = contentOf(current);
  const hasKey = keyLookup(current, imported);
  for (const { key, sets } of fields) {
    if (hasKey(key)) for (const name of sets) Object.assign(merged, { [name]: imported[name] });
  }
  if (!hasKey('priority')) merged.priority = mergePriority(current, imported);
  merged.metadata = mergeMetadata(current.metadata, imported, hasKey);
  return merged;
}

/**
 * A file without the key sets the priority through metadata._tm, or through the parent that the priority was inherited
 * from.
 */
function mergePriority(current: Task, imported: ImportedTask): number {
  const isMarked = imported.priority !== (imported.source.assumedPriority ?? defaultPriority);
  const wasAssumed =
    current.source !== null && current.priority === (current.source.assumedPriority ?? defaultPriority);
  return isMarked || wasAssumed ? imported.priority : current.priority;
}

function mergeMetadata(current: JsonObject, imported: ImportedTask, hasKey: (key: string) => boolean): JsonObject {
  const isOurs = [...groupByKey.keys()].some(hasKey) || Object.hasOwn(imported.metadata, ownKey);
  const user = hasKey('metadata') ? imported.metadata : current;
  const ours = own(isOurs ? imported.metadata : current, ownKey);
  const entries = Object.entries(without(user, ownKey));
  return objectOf(ours === undefined ? entries : [...entries, [ownKey, ours]]);
}

/** Whether the file determines the dependencies of the task. */
export function setsDependencies(current: Task | null, imported: ImportedTask): boolean {
  const isKnown = current?.source?.keys.includes('dependencies') ?? false;
  return isKnown || imported.source.keys.includes('dependencies') || imported.dependencies.length > 0;
}

export function hasSameContent(a: TaskContent, b: TaskContent): boolean {
  return digestOf(a, []) === digestOf(b, []);
}
