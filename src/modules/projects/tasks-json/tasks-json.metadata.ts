import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import { plainNumber } from './json-number.js';
import type { Json, JsonObject } from './json-value.js';
import { describe, isArray, isObject, objectOf, own, without } from './json-value.js';
import type { Progress } from './tasks-json.values.js';
import { writePriority } from './tasks-json.values.js';

/** The key under metadata that this service reserves, both in its database and in the file. */
export const ownKey = '_tm';

/**
 * Fields without a column. They are stored under metadata._tm by group, and written back to the top level of the task.
 */
export const groupByKey: ReadonlyMap<string, 'guidance' | 'complexity'> = new Map([
  ['codebasePatterns', 'guidance'],
  ['existingInfrastructure', 'guidance'],
  ['scopeBoundaries', 'guidance'],
  ['implementationApproach', 'guidance'],
  ['skills', 'guidance'],
  ['recommendedSubtasks', 'complexity'],
  ['expansionPrompt', 'complexity'],
  ['complexityReasoning', 'complexity'],
]);

/** Values under metadata._tm in the file that tasks.json cannot express otherwise. */
export interface Markers {
  readonly status?: string;
  readonly priority?: number;
  /** Dependencies on top-level tasks whose number a sibling also has. A bare number would mean the sibling. */
  readonly dependencies?: readonly string[];
}

const markerKeys = ['status', 'priority', 'dependencies'];

export interface ReadMetadata {
  readonly user: JsonObject;
  readonly markers: JsonObject;
  /** Values of other tools under metadata._tm; undefined if there are none. */
  readonly others: Json | undefined;
}

export function readMetadata(raw: Json | undefined, at: JsonLocation, findings: Findings): ReadMetadata {
  if (raw === undefined || raw === null) return { user: {}, markers: {}, others: undefined };
  if (!isObject(raw)) {
    findings.problem(at, 'WRONG_TYPE', `must be an object, not ${describe(raw)}`);
    return { user: {}, markers: {}, others: undefined };
  }
  const user = without(raw, ownKey);
  const kept = own(raw, ownKey);
  if (!isObject(kept)) return { user, markers: {}, others: kept };
  const markers = objectOf(Object.entries(kept).filter(([key]) => markerKeys.includes(key)));
  const others = without(kept, ...markerKeys);
  const isNothing = Object.keys(others).length === 0 && Object.keys(markers).length > 0;
  return { user, markers, others: isNothing ? undefined : others };
}

/** A marker is valid only while the value beside it is unchanged. Otherwise somebody has edited the file. */
export function applyMarkers(
  markers: JsonObject,
  content: Progress & { priority: number },
  at: JsonLocation,
  findings: Findings,
): Progress & { priority: number } {
  const stale = (key: string) => {
    findings.note(inside(at, key), 'MARKER_STALE', 'no longer fits the task and is dropped');
  };
  let { status, stage, priority } = content;
  if (own(markers, 'status') === 'failed' && stage === 'blocked') [status, stage] = ['failed', null];
  else if (Object.hasOwn(markers, 'status')) stale('status');
  const exact = plainNumber(own(markers, 'priority'));
  if (isExact(exact) && writePriority(exact) === writePriority(priority)) priority = exact;
  else if (exact !== undefined) stale('priority');
  const dependencies = own(markers, 'dependencies');
  if (dependencies !== undefined && !isArray(dependencies)) stale('dependencies');
  return { status, stage, priority };
}

function isExact(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10;
}

export function markedDependencies(markers: JsonObject): readonly Json[] {
  const marked = own(markers, 'dependencies');
  return isArray(marked) ? marked : [];
}

/** The metadata to store: the user's keys and, only if needed, the reserved one. */
export function metadataOf(user: JsonObject, grouped: JsonObject, fullTitle: string | null): JsonObject {
  const ours = fullTitle === null ? grouped : objectOf([...Object.entries(grouped), ['title', fullTitle]]);
  return Object.keys(ours).length === 0 ? user : objectOf([...Object.entries(user), [ownKey, ours]]);
}

export function groupsOf(entries: readonly (readonly [string, Json])[]): JsonObject {
  const groups = new Map<string, (readonly [string, Json])[]>();
  for (const [key, value] of entries) {
    const group = groupByKey.get(key);
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), [key, value]]);
  }
  return objectOf([...groups].map(([group, items]) => [group, objectOf(items)]));
}

/** The current grouped fields of a stored task. */
export function ungroup(metadata: JsonObject): JsonObject {
  const ours = own(metadata, ownKey);
  if (!isObject(ours)) return {};
  const entries = [...groupByKey].flatMap(([key, group]): (readonly [string, Json])[] => {
    const items = own(ours, group);
    const value = isObject(items) ? own(items, key) : undefined;
    return value === undefined ? [] : [[key, value]];
  });
  return objectOf(entries);
}

/** metadata._tm of the file: values of other tools, and the markers. Undefined if both are empty. */
export function writeOwn(others: Json | undefined, markers: Markers): Json | undefined {
  const entries = Object.entries(markers).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  if (entries.length === 0) return others;
  return objectOf([...(isObject(others) ? Object.entries(others) : []), ...entries]);
}
