import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import type { Json, JsonObject } from './json-value.js';
import { describe, isArray, isObject, objectOf, own, without } from './json-value.js';
import type { Progress } from './tasks-json.values.js';
import { writePriority } from './tasks-json.values.js';

/** The key under metadata that belongs to this service, in its own database and in the file. */
export const ownKey = '_tm';

/** Fields without a column: kept under metadata._tm, each in its group, and written back to the top of the task. */
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

/** What a task says in the file under metadata._tm because tasks.json has no words for it. */
export interface Markers {
  readonly status?: string;
  readonly priority?: number;
  /** Dependencies on top-level tasks that share their number with a sibling, which a bare number would mean. */
  readonly dependencies?: readonly string[];
}

const markerKeys = ['status', 'priority', 'dependencies'];

export interface ReadMetadata {
  readonly user: JsonObject;
  readonly markers: JsonObject;
  /** What others keep under metadata._tm; undefined when there is nothing to write back. */
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

/** A marker counts while the file still says what it was written beside; afterwards somebody changed the file. */
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
  const exact = own(markers, 'priority');
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

/** metadata as the service keeps it: the user's keys and, only when there is something in it, our own. */
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

/** The grouped fields that a task of the service has now. */
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

/** metadata._tm of the file: what others keep there, and the markers. Undefined when the file needs none. */
export function writeOwn(others: Json | undefined, markers: Markers): Json | undefined {
  const entries = Object.entries(markers).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  if (entries.length === 0) return others;
  return objectOf([...(isObject(others) ? Object.entries(others) : []), ...entries]);
}
