import { ignoredFindings } from './findings.js';
import { isNumber, parseJson, plainNumber } from './json-number.js';
import type { Json, JsonObject } from './json-value.js';
import { isObject, objectOf, own, sameJson, without } from './json-value.js';
import { writeDependencies } from './tasks-json.dependencies.js';
import { digestOf } from './tasks-json.digest.js';
import { fieldByKey, fields } from './tasks-json.fields.js';
import { groupByKey, ownKey, ungroup, writeOwn } from './tasks-json.metadata.js';
import type { Markers } from './tasks-json.metadata.js';
import type { Layout, ListSource, RootSource, Task, TaskList } from './tasks-json.model.js';
import { layOut } from './tasks-json.layout.js';
import { compareRefs, numberOf } from './tasks-json.refs.js';
import { instantOf, timeKeys } from './tasks-json.times.js';
import type { TimeKey } from './tasks-json.times.js';
import { defaultPriority, readPriority } from './tasks-json.values.js';

/** The keys of a task that never was in a file: those that every reader of tasks.json expects. */
const basicKeys = [
  'id',
  'title',
  'description',
  'details',
  'testStrategy',
  'status',
  'dependencies',
  'priority',
  'subtasks',
];

interface WritingContext {
  readonly children: ReadonlyMap<string | null, readonly Task[]>;
  readonly exists: (ref: string) => boolean;
}

/** One task while it is being written. */
interface Writing extends WritingContext {
  readonly task: Task;
  readonly assumedPriority: number;
  readonly raw: JsonObject;
}

type Write = (writing: Writing) => Json | undefined;

/** The original value of the key; undefined if the file had the canonical form of the content. */
function rawValue(raw: JsonObject, key: string): Json | undefined {
  const text = own(raw, key);
  return typeof text === 'string' ? (parseJson(text) as Json) : undefined;
}

function hasKey(task: Task, key: string): boolean {
  return task.source?.keys.includes(key) ?? false;
}

function readingContext({ assumedPriority }: Writing) {
  return { findings: ignoredFindings, at: null, assumedPriority };
}

function writeField(key: string, writing: Writing): Json | undefined {
  const { task, raw } = writing;
  const item = fieldByKey.get(key);
  if (item === undefined) return undefined;
  const context = readingContext(writing);
  if (task.source !== null && !hasKey(task, key)) {
    return item.matches(undefined, task, context) ? undefined : item.write(task);
  }
  const value = rawValue(raw, key);
  if (value !== undefined && item.matches(plainNumber(value), task, context)) return value;
  if (task.source === null && !basicKeys.includes(key) && item.matches(undefined, task, context)) return undefined;
  // Some readers expect a string where the service stores null.
  return task.source === null ? (item.write(task) ?? '') : item.write(task);
}

/** Whether the written priority does not determine the exact one. */
function needsPriorityMarker(task: Task, written: Json | undefined, assumed: number): boolean {
  if (isNumber(written)) return false;
  const word = typeof written === 'string' ? written : undefined;
  return (word === undefined ? assumed : readPriority(word)) !== task.priority;
}

function markersOf(writing: Writing): Markers {
  const { task, exists } = writing;
  const written = writeField('priority', writing);
  const { unnamed } = writeDependencies(task.ref, task.dependencies, formOf(task), exists);
  return {
    ...(task.status === 'failed' ? { status: 'failed' } : {}),
    ...(needsPriorityMarker(task, written, writing.assumedPriority) ? { priority: task.priority } : {}),
    ...(unnamed.length > 0 ? { dependencies: unnamed } : {}),
  };
}

const writeMetadata: Write = (writing) => {
  const { task, raw } = writing;
  const current = without(task.metadata, ownKey);
  const value = rawValue(raw, 'metadata');
  const user = isObject(value) && sameJson(value, current) ? value : current;
  const others = task.source?.tm === undefined ? undefined : (parseJson(task.source.tm) as Json);
  const ours = writeOwn(others, markersOf(writing));
  if (ours !== undefined) return objectOf([...Object.entries(user), [ownKey, ours]]);
  if (Object.keys(user).length > 0) return user;
  return hasKey(task, 'metadata') ? (value === null ? null : {}) : undefined;
};

const writeSubtasks: Write = (writing) => {
  const { task, raw, children } = writing;
  const subtasks = children.get(task.ref) ?? [];
  if (subtasks.length > 0) return subtasks.map((subtask) => writeTask(subtask, writing));
  if (hasKey(task, 'subtasks')) return rawNullOr([], raw, 'subtasks');
  return task.source === null && task.parentRef === null ? [] : undefined;
};

function rawNullOr(value: Json, raw: JsonObject, key: string): Json {
  return rawValue(raw, key) === null ? null : value;
}

function formOf({ source }: Task): string | undefined {
  const raw = source?.raw?.['dependencies'];
  return raw === 'null' ? undefined : raw;
}

const writeOwnDependencies: Write = ({ task, raw, exists }) => {
  const { items } = writeDependencies(task.ref, task.dependencies, formOf(task), exists);
  if (items.length > 0) return items;
  if (hasKey(task, 'dependencies')) return rawNullOr([], raw, 'dependencies');
  return task.source === null ? [] : undefined;
};

/** The file gets a time if it had one before, or an updatedAt if the task has changed since. */
function writeTime(key: TimeKey, { task, raw }: Writing): Json | undefined {
  const current = task[key];
  if (task.source === null) return current ?? undefined;
  const isChanged = task.source.digest !== digestOf(task, task.dependencies);
  if (isChanged && key === 'updatedAt' && current !== null) return instantOf(current) ?? current;
  if (!hasKey(task, key)) return undefined;
  return rawValue(raw, key);
}

const writers = new Map<string, Write>([
  ['id', ({ task, raw }) => rawValue(raw, 'id') ?? numberOf(task.ref)],
  ['dependencies', writeOwnDependencies],
  ['subtasks', writeSubtasks],
  ['metadata', writeMetadata],
  ...timeKeys.map((key): [string, Write] => [key, (writing) => writeTime(key, writing)]),
  ...fields.map(({ key }): [string, Write] => [key, (writing) => writeField(key, writing)]),
]);

function writeGrouped(key: string, grouped: JsonObject, raw: JsonObject): Json | undefined {
  const current = own(grouped, key);
  const value = rawValue(raw, key);
  return value !== undefined && sameJson(value, current) ? value : current;
}

function writeTask(task: Task, context: WritingContext): JsonObject {
  const assumedPriority = task.source?.assumedPriority ?? defaultPriority;
  const raw: JsonObject = task.source?.raw ?? {};
  const writing: Writing = { ...context, task, assumedPriority, raw };
  const grouped = ungroup(task.metadata);
  const keys = new Set([...(task.source?.keys ?? basicKeys), ...writers.keys(), ...Object.keys(grouped)]);
  const entries: [string, Json][] = [];
  for (const key of keys) {
    const write = writers.get(key);
    const value =
      write !== undefined ? write(writing) : groupByKey.has(key) ? writeGrouped(key, grouped, raw) : rawValue(raw, key);
    if (value !== undefined) entries.push([key, value]);
  }
  return objectOf(entries);
}

function writeList(list: TaskList): JsonObject {
  const refs = new Set(list.tasks.map(({ ref }) => ref));
  const children = new Map<string | null, Task[]>();
  for (const task of list.tasks) {
    const siblings = children.get(task.parentRef);
    if (siblings === undefined) children.set(task.parentRef, [task]);
    else siblings.push(task);
  }
  for (const siblings of children.values()) siblings.sort(bySiblingOrder);
  const context = { children, exists: (ref: string) => refs.has(ref) };
  const tasks = (children.get(null) ?? []).map((task) => writeTask(task, context));
  return surround(tasks, list.metadata, list.source ?? { keys: ['tasks', 'metadata'] });
}

/** Tasks keep the order of the file; new tasks follow. */
function bySiblingOrder(a: Task, b: Task): number {
  const [left, right] = [a, b].map((task) => task.source?.position ?? (task.source === null ? Infinity : -1));
  return left === right ? compareRefs(a.ref, b.ref) : (left ?? 0) - (right ?? 0);
}

function surround(tasks: readonly JsonObject[], metadata: JsonObject, source: ListSource): JsonObject {
  const raw: JsonObject = source.raw ?? {};
  const beside = source.beside ?? [];
  const value = rawValue(raw, 'metadata');
  const current = without(metadata, ...beside);
  const entries = [...new Set([...source.keys, 'tasks', 'metadata'])].flatMap((key): [string, Json][] => {
    if (key === 'tasks') return [[key, tasks]];
    if (key === 'metadata') {
      if (Object.keys(current).length > 0)
        return [[key, isObject(value) && sameJson(value, current) ? value : current]];
      return source.keys.includes(key) ? [[key, value === null ? null : {}]] : [];
    }
    const other = beside.includes(key) ? own(metadata, key) : rawValue(raw, key);
    return other === undefined ? [] : [[key, other]];
  });
  return objectOf(entries);
}

/** Writes the file in the shape that it had, or else in the tagged one. */
export function writeTasksJson(lists: readonly TaskList[], root: RootSource = rootOf(lists)): JsonObject {
  const written = new Map<string, Json>(lists.map((list) => [list.name, writeList(list)]));
  const [only, ...others] = written.values();
  if (root.isFlat && others.length === 0 && isObject(only)) return inOrder(root, new Map(Object.entries(only)));
  return inOrder(root, written);
}

function inOrder({ keys, raw }: RootSource, written: ReadonlyMap<string, Json>): JsonObject {
  const all = new Set([...keys.filter((key) => written.has(key) || Object.hasOwn(raw, key)), ...written.keys()]);
  return objectOf([...all].map((key) => [key, written.get(key) ?? rawValue(raw, key) ?? null]));
}

/** What is around the lists; the list that was the first of the file keeps it. */
export function rootOf(lists: readonly Pick<TaskList, 'source'>[]): RootSource {
  return lists.find(({ source }) => source?.root !== undefined)?.source?.root ?? { keys: [], raw: {} };
}

/** The text of the file, in the layout that it had. */
export function formatTasksJson(lists: readonly TaskList[], layout: Layout = rootOf(lists).layout ?? {}): string {
  return layOut(writeTasksJson(lists), layout);
}
