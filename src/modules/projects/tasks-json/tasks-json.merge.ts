import type { Json } from './json-value.js';
import type { TaskBase } from './tasks-json.base.js';
import { DEPENDENCIES, baseOf, fingerprintOf, partOfBase, setOfBase } from './tasks-json.base.js';
import { contentOf, digestOf } from './tasks-json.digest.js';
import type { ImportedTask, Task, TaskContent } from './tasks-json.model.js';
import { keyOfPart, partsOf, takePart } from './tasks-json.parts.js';

/** Whose value a part gets that has changed on both sides: `refuse` leaves it as it is in the project, and undecided. */
export const resolutions = ['refuse', 'ours', 'theirs'] as const;
export type Resolution = (typeof resolutions)[number];

/** A part that file and project have changed since they were last exchanged, each to another value. */
export interface PartConflict {
  readonly field: string;
  readonly file: Json;
  readonly project: Json;
}

export interface MergedTask {
  readonly content: TaskContent;
  readonly conflicts: readonly PartConflict[];
  /** What counts as exchanged from now on. */
  readonly base: TaskBase;
}

const TAGS = 'tags';

/**
 * Merges the file into a stored task. A part that is unchanged in the file keeps the value of the project, and one that
 * is unchanged in the project takes that of the file. Without a base, what differs has changed on both sides.
 */
export function mergeTask(
  current: Task,
  imported: ImportedTask,
  base: TaskBase | undefined,
  resolution: Resolution,
): MergedTask {
  const content = contentOf(current);
  const [file, project] = [partsOf(imported), partsOf(current)];
  const conflicts: PartConflict[] = [];
  const next = new Map(Object.entries(baseOf(imported, file)));
  for (const name of new Set([...file.keys(), ...project.keys()])) {
    const [theirs, ours] = [file.get(name), project.get(name)];
    if (theirs === ours) continue;
    const choice = choose(name, theirs, ours, base, imported);
    if (choice === 'file') takePart(name, imported, content);
    else if (choice === 'conflict') {
      if (name === TAGS && base !== undefined && mergeTags(content, imported, base)) continue;
      conflicts.push({ field: name, file: theirs ?? null, project: ours ?? null });
      if (resolution === 'theirs') takePart(name, imported, content);
      if (resolution === 'refuse') keepBase(next, name, base);
    }
  }
  return { content, conflicts, base: Object.fromEntries(next) };
}

/** An undecided part counts as not exchanged, so that the next import finds it again. */
function keepBase(next: Map<string, TaskBase[string]>, name: string, base: TaskBase | undefined): void {
  const before = base === undefined ? null : base[name];
  if (before === undefined) next.delete(name);
  else next.set(name, before);
}

function choose(
  name: string,
  theirs: Json | undefined,
  ours: Json | undefined,
  base: TaskBase | undefined,
  imported: ImportedTask,
): 'file' | 'project' | 'conflict' {
  const [file, project] = [theirs, ours].map((value) => (value === undefined ? undefined : fingerprintOf(value)));
  if (file === project) return 'project';
  const isSaid = imported.source.keys.includes(keyOfPart(name));
  if (base === undefined) return isSaid && theirs !== undefined ? 'conflict' : 'project';
  const before = partOfBase(base, name);
  if (file === before) return 'project';
  if (project === before) return 'file';
  // A priority that the file does not say is that of the parent.
  return isSaid || name !== 'priority' ? 'conflict' : 'project';
}

/** Tags are a set: what each side has added or removed is done to both. */
function mergeTags(content: TaskContent, imported: ImportedTask, base: TaskBase): boolean {
  const before = setOfBase(base, TAGS);
  if (before === null) return false;
  const { added, removed } = changesOf(before, imported.tags);
  content.tags = [
    ...content.tags.filter((tag) => !removed.has(tag)),
    ...[...added].filter((tag) => !content.tags.includes(tag)),
  ];
  return true;
}

interface SetChanges {
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

function changesOf(before: readonly string[], after: readonly string[]): SetChanges {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    added: new Set(after.filter((one) => !old.has(one))),
    removed: new Set(before.filter((one) => !now.has(one))),
  };
}

/** What the file does to the dependencies of a task; null if that is unknown, because nothing was exchanged yet. */
export function dependencyChanges(imported: ImportedTask, base: TaskBase | undefined): SetChanges | null {
  const before = base === undefined ? null : setOfBase(base, DEPENDENCIES);
  return before === null ? null : changesOf(before, imported.dependencies);
}

export function hasSameContent(a: TaskContent, b: TaskContent): boolean {
  return digestOf(a, []) === digestOf(b, []);
}
