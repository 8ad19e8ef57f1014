import { fieldByKey, fields } from './tasks-json.fields.js';
import type { Json, JsonObject } from './json-value.js';
import { isObject, objectOf, own, without } from './json-value.js';
import { groupByKey, ownKey, ungroup } from './tasks-json.metadata.js';
import type { TaskContent } from './tasks-json.model.js';
import { writeStatus } from './tasks-json.values.js';

/** The parts of a task that can change on their own, by name: the fields of tasks.json, and each key of metadata. */
export type Parts = ReadonlyMap<string, Json>;

const METADATA = 'metadata.';

/** The key of the task that holds a part. */
export function keyOfPart(name: string): string {
  return name.startsWith(METADATA) ? 'metadata' : name;
}

/** Whether a task always has this part, if only with its default. */
export function isField(name: string): boolean {
  return fieldByKey.has(name);
}

/** The values of all parts, in the words of the file. */
export function partsOf(content: TaskContent): Parts {
  const parts = new Map<string, Json>(fields.map((field) => [field.key, fieldValue(field.key, content)]));
  for (const [key, value] of Object.entries(ungroup(content.metadata))) parts.set(key, value);
  for (const [key, value] of Object.entries(without(content.metadata, ownKey))) parts.set(`${METADATA}${key}`, value);
  return parts;
}

const nameByKey = new Map(fields.map(({ key, sets }) => [key, sets[0]]));

function fieldValue(key: string, content: TaskContent): Json {
  if (key === 'title') return fullTitle(content) ?? content.title;
  if (key === 'status') return content.status === 'failed' ? 'failed' : writeStatus(content);
  const name = nameByKey.get(key);
  const value = name === undefined ? null : (content[name] as Json);
  // Readers do not distinguish a missing text from an empty one.
  return value === '' ? null : value;
}

function fullTitle({ metadata }: TaskContent): Json | undefined {
  const ours = own(metadata, ownKey);
  return isObject(ours) ? own(ours, 'title') : undefined;
}

/** Gives a task one part of another. */
export function takePart(name: string, from: TaskContent, to: TaskContent): void {
  for (const set of fieldByKey.get(name)?.sets ?? []) Object.assign(to, { [set]: from[set] });
  const group = groupByKey.get(name);
  if (name === 'title') to.metadata = withOwn(to.metadata, 'title', fullTitle(from));
  else if (group !== undefined) {
    const ours = own(to.metadata, ownKey);
    const items = isObject(ours) ? own(ours, group) : undefined;
    const changed = withMember(isObject(items) ? items : {}, name, own(ungroup(from.metadata), name));
    to.metadata = withOwn(to.metadata, group, Object.keys(changed).length > 0 ? changed : undefined);
  } else if (name.startsWith(METADATA)) {
    const key = name.slice(METADATA.length);
    to.metadata = withMember(to.metadata, key, own(from.metadata, key));
  }
}

function withMember(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  const others = Object.entries(without(object, key));
  return objectOf(value === undefined ? others : [...others, [key, value]]);
}

function withOwn(metadata: JsonObject, key: string, value: Json | undefined): JsonObject {
  const ours = own(metadata, ownKey);
  const changed = withMember(isObject(ours) ? ours : {}, key, value);
  return withMember(
    metadata,
    ownKey,
    Object.keys(changed).length > 0 || (ours !== undefined && !isObject(ours)) ? changed : undefined,
  );
}
