import { hash } from 'node:crypto';
import type { Json } from './json-value.js';
import { storedText } from './json-value.js';
import type { ImportedTask, Task } from './tasks-json.model.js';
import type { Parts } from './tasks-json.parts.js';
import { isField, partsOf } from './tasks-json.parts.js';
import { blank } from './tasks-json.task.js';

/**
 * What was exchanged of a task: a fingerprint of each part, and its dependencies and tags by name. Null stands for a part
 * on which file and project did not agree, so that nothing counts as unchanged there.
 */
export type TaskBase = Readonly<Record<string, string | readonly string[] | null>>;

/** What was exchanged of a list, by reference. */
export type ListBase = ReadonlyMap<string, TaskBase>;

export const DEPENDENCIES = 'dependencies';
/** The time in the file, which is no part of a task and tells one state of it from another. */
export const UPDATED_AT = '@updatedAt';

/** Shorter texts stand for themselves. */
const SHORT = 12;

export function fingerprintOf(value: Json): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : storedText(value);
  return text.length <= SHORT ? text : `#${hash('sha256', text, 'base64url').slice(0, 11)}`;
}

const defaults: ReadonlyMap<string, string> = new Map(
  [...partsOf(blank)].map(([name, value]) => [name, fingerprintOf(value)]),
);

/** The fingerprints of the parts of a task. A field with its default is left out. */
export function fingerprintsOf(parts: Parts): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of parts) {
    const fingerprint = fingerprintOf(value);
    if (fingerprint !== defaults.get(name)) found.set(name, fingerprint);
  }
  return found;
}

/** What an import or an export exchanges of a task. */
export function baseOf(task: ImportedTask, parts: Parts = partsOf(task)): TaskBase {
  const { updatedAt, dependencies, tags } = task;
  const base: Record<string, TaskBase[string]> = Object.fromEntries(fingerprintsOf(parts));
  if (tags.length > 0) base['tags'] = tags;
  if (dependencies.length > 0) base[DEPENDENCIES] = dependencies;
  if (updatedAt !== null) base[UPDATED_AT] = updatedAt;
  return base;
}

/** The fingerprint of a part at the exchange. Undefined for what the task did not have, null where nobody knows. */
export function partOfBase(base: TaskBase, name: string): string | null | undefined {
  const found = Object.hasOwn(base, name) ? base[name] : undefined;
  if (found === undefined) return isField(name) ? defaults.get(name) : undefined;
  return found === null || typeof found === 'string' ? found : fingerprintOf(found);
}

/** The names in a set at the exchange; null where nobody knows. */
export function setOfBase(base: TaskBase, name: string): readonly string[] | null {
  const found = Object.hasOwn(base, name) ? base[name] : undefined;
  if (found === undefined) return [];
  return found === null || typeof found === 'string' ? null : found;
}

/** Whether the task, with these dependencies, is as it was exchanged. */
export function isAsExchanged(base: TaskBase, task: Task, dependencies: readonly string[]): boolean {
  const now = fingerprintsOf(partsOf(task));
  const names = new Set([...now.keys(), ...Object.keys(base)]);
  names.delete(DEPENDENCIES);
  names.delete(UPDATED_AT);
  for (const name of names) if ((now.get(name) ?? defaults.get(name)) !== partOfBase(base, name)) return false;
  const before = setOfBase(base, DEPENDENCIES);
  return before !== null && before.length === dependencies.length && before.every((ref) => dependencies.includes(ref));
}
