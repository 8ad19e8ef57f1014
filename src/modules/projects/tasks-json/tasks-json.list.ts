import type { Sliced } from '../slices.js';
import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import type { Json, JsonObject } from './json-value.js';
import { describe, isArray, isObject, objectOf, own, storedText } from './json-value.js';
import type { ResolvedDependency } from './tasks-json.dependencies.js';
import { dropCycles, formOf, resolveDependencies } from './tasks-json.dependencies.js';
import { digestOf } from './tasks-json.digest.js';
import { noSiblings, readId } from './tasks-json.ids.js';
import type { ImportedList, ImportedTask, ListSource } from './tasks-json.model.js';
import { limits } from './tasks-json.model.js';
import { idOf, isAscending, numberOf } from './tasks-json.refs.js';
import type { TaskDraft } from './tasks-json.task.js';
import { readTask } from './tasks-json.task.js';
import { defaultPriority } from './tasks-json.values.js';

interface NumberedTask extends TaskDraft {
  readonly ref: string;
  readonly parentRef: string | null;
  readonly position: number | undefined;
}

interface Parent {
  readonly ref: string | null;
  readonly priority: number;
  readonly level: number;
}

/** Upstream writes these keys either into `metadata` or beside `tasks`. The service shows them in metadata. */
const besideKeys = ['created', 'description'];

export function* readList(
  name: string,
  list: JsonObject,
  at: JsonLocation | null,
  findings: Findings,
): Sliced<ImportedList> {
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > limits.listName) {
    const message = `a list name has 1 to ${limits.listName} letters, digits, _ or -`;
    findings.problem(at, 'INVALID_LIST_NAME', message);
  }
  const { metadata, source } = readSurroundings(list, at, findings);
  const tasks = own(list, 'tasks');
  const tasksAt = inside(at, 'tasks');
  if (!isArray(tasks)) findings.note(tasksAt, 'TASKS_ADDED', 'is absent; written as an empty array');
  const tasksByRef = new Map<string, NumberedTask>();
  yield* readSiblings(tasks, tasksAt, { ref: null, priority: defaultPriority, level: 1 }, tasksByRef, findings);
  return { name, metadata, source, tasks: yield* link(tasksByRef, findings) };
}

function readSurroundings(
  list: JsonObject,
  at: JsonLocation | null,
  findings: Findings,
): { metadata: JsonObject; source: ListSource } {
  const given = own(list, 'metadata');
  if (given !== undefined && given !== null && !isObject(given)) {
    findings.problem(inside(at, 'metadata'), 'WRONG_TYPE', `must be an object, not ${describe(given)}`);
  }
  const own_ = isObject(given) ? given : {};
  const beside = besideKeys.filter((key) => typeof own(list, key) === 'string' && !Object.hasOwn(own_, key));
  const metadata = objectOf([
    ...Object.entries(own_),
    ...beside.map((key): [string, Json] => [key, own(list, key) ?? null]),
  ]);
  const raw: [string, string][] = Object.entries(list)
    .filter(([key, value]) => key !== 'tasks' && !beside.includes(key) && keepsText(key, value))
    .map(([key, value]) => [key, JSON.stringify(value)]);
  const source: ListSource = {
    keys: Object.keys(list),
    ...(raw.length > 0 ? { raw: Object.fromEntries(raw) } : {}),
    ...(beside.length > 0 ? { beside } : {}),
  };
  return { metadata, source };
}

function keepsText(key: string, value: Json): boolean {
  return key !== 'metadata' || value === null || JSON.stringify(value) !== storedText(value);
}

function* readSiblings(
  value: Json | undefined,
  at: JsonLocation,
  parent: Parent,
  tasksByRef: Map<string, NumberedTask>,
  findings: Findings,
): Sliced<void> {
  if (value === undefined || value === null) return;
  if (!isArray(value)) {
    findings.problem(at, 'WRONG_TYPE', `must be an array of tasks, not ${describe(value)}`);
    return;
  }
  if (parent.level > limits.levels && value.length > 0) {
    findings.problem(at, 'TOO_DEEP', `subtasks may lie at most ${limits.levels} levels deep`);
    return;
  }
  const siblings = noSiblings(parent.ref);
  const refs: NumberedTask[] = [];
  for (const [index, item] of value.entries()) {
    yield;
    const itemAt = inside(at, index);
    if (!isObject(item)) {
      findings.problem(itemAt, 'WRONG_TYPE', `must be a task, not ${describe(item)}`);
      continue;
    }
    const ref = readId(item, index + 1, siblings, { at: itemAt, findings });
    const draft = readTask(item, itemAt, findings, parent.priority);
    // A task with an invalid id is read nevertheless, so that the answer contains its other problems too.
    if (ref !== undefined) {
      const task = { ...draft, ref, parentRef: parent.ref, position: index };
      refs.push(task);
      tasksByRef.set(ref, task);
    }
    const below = { ref: ref ?? parent.ref ?? '0', priority: draft.content.priority, level: parent.level + 1 };
    yield* readSiblings(own(item, 'subtasks'), inside(itemAt, 'subtasks'), below, tasksByRef, findings);
  }
  if (isAscending(refs.map(({ ref }) => ref))) {
    for (const task of refs) tasksByRef.set(task.ref, { ...task, position: undefined });
  }
}

function* link(tasksByRef: ReadonlyMap<string, NumberedTask>, findings: Findings): Sliced<ImportedTask[]> {
  const exists = (ref: string) => tasksByRef.has(ref);
  const graph = new Map<string, ResolvedDependency[]>();
  for (const [ref, task] of tasksByRef) {
    yield;
    graph.set(ref, resolveDependencies(task.named, ref, exists, findings));
  }
  dropCycles(graph, findings);
  const tasks: ImportedTask[] = [];
  for (const { content, times, source, written, ref, parentRef, position } of tasksByRef.values()) {
    yield;
    const dependencies = (graph.get(ref) ?? []).map((dependency) => dependency.ref);
    const raw = formOf(written.dependencies, ref, dependencies, exists);
    const texts = {
      ...source.raw,
      ...(isKeptId(written.id, ref) ? { id: JSON.stringify(written.id) } : {}),
      ...(raw === undefined ? {} : { dependencies: raw }),
    };
    tasks.push({
      ref,
      parentRef,
      ...content,
      ...times,
      completed: content.status === 'completed',
      dependencies,
      source: {
        ...source,
        ...(Object.keys(texts).length > 0 ? { raw: texts } : {}),
        ...(position === undefined ? {} : { position }),
        digest: digestOf(content, dependencies),
      },
    });
  }
  return tasks;
}

/** Whether the id is written otherwise than as a number, and means the same wherever the task lies. */
function isKeptId(id: Json | undefined, ref: string): boolean {
  return typeof idOf(id) === 'string' && JSON.stringify(id) !== String(numberOf(ref));
}
