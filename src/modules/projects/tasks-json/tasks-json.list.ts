import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import type { Json, JsonObject } from './json-value.js';
import { describe, isArray, isObject, objectOf, own, storedText } from './json-value.js';
import type { ResolvedDependency } from './tasks-json.dependencies.js';
import { dropCycles, formsOf, resolveDependencies } from './tasks-json.dependencies.js';
import { digestOf } from './tasks-json.digest.js';
import type { IdLiterals } from './tasks-json.ids.js';
import { noSiblings, readId } from './tasks-json.ids.js';
import type { ImportedList, ImportedTask, ListSource } from './tasks-json.model.js';
import { limits } from './tasks-json.model.js';
import { isAscending } from './tasks-json.refs.js';
import type { TaskDraft } from './tasks-json.task.js';
import { readTask } from './tasks-json.task.js';
import { defaultPriority } from './tasks-json.values.js';

export interface ListContext {
  readonly findings: Findings;
  readonly literals: IdLiterals;
}

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

export function readList(name: string, list: JsonObject, at: JsonLocation | null, context: ListContext): ImportedList {
  const { findings } = context;
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > limits.listName) {
    const message = `a list name has 1 to ${limits.listName} letters, digits, _ or -`;
    findings.problem(at, 'INVALID_LIST_NAME', message);
  }
  const { metadata, source } = readSurroundings(list, at, findings);
  const tasks = own(list, 'tasks');
  const tasksAt = inside(at, 'tasks');
  if (!isArray(tasks)) findings.note(tasksAt, 'TASKS_ADDED', 'is absent; written as an empty array');
  const tasksByRef = new Map<string, NumberedTask>();
  readSiblings(tasks, tasksAt, { ref: null, priority: defaultPriority, level: 1 }, tasksByRef, context);
  return { name, metadata, source, tasks: link(tasksByRef, findings) };
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

function readSiblings(
  value: Json | undefined,
  at: JsonLocation,
  parent: Parent,
  tasksByRef: Map<string, NumberedTask>,
  context: ListContext,
): void {
  if (value === undefined || value === null) return;
  if (!isArray(value)) {
    context.findings.problem(at, 'WRONG_TYPE', `must be an array of tasks, not ${describe(value)}`);
    return;
  }
  if (parent.level > limits.levels && value.length > 0) {
    context.findings.problem(at, 'TOO_DEEP', `subtasks may lie at most ${limits.levels} levels deep`);
    return;
  }
  const siblings = noSiblings(parent.ref);
  const refs: NumberedTask[] = [];
  value.forEach((item, index) => {
    const itemAt = inside(at, index);
    if (!isObject(item)) {
      context.findings.problem(itemAt, 'WRONG_TYPE', `must be a task, not ${describe(item)}`);
      return;
    }
    const ref = readId(item, index + 1, siblings, context.literals, { at: itemAt, findings: context.findings });
    const draft = readTask(item, itemAt, context.findings, parent.priority);
    // A task with an invalid id is read nevertheless, so that the answer contains its other problems too.
    if (ref !== undefined) {
      const task = { ...draft, ref, parentRef: parent.ref, position: index };
      refs.push(task);
      tasksByRef.set(ref, task);
    }
    const below = { ref: ref ?? parent.ref ?? '0', priority: draft.content.priority, level: parent.level + 1 };
    readSiblings(own(item, 'subtasks'), inside(itemAt, 'subtasks'), below, tasksByRef, context);
  });
  if (isAscending(refs.map(({ ref }) => ref))) {
    for (const task of refs) tasksByRef.set(task.ref, { ...task, position: undefined });
  }
}

function link(tasksByRef: ReadonlyMap<string, NumberedTask>, findings: Findings): ImportedTask[] {
  const exists = (ref: string) => tasksByRef.has(ref);
  const graph = new Map<string, ResolvedDependency[]>();
  for (const [ref, task] of tasksByRef) graph.set(ref, resolveDependencies(task.named, ref, exists, findings));
  dropCycles(graph, findings);
  return [...tasksByRef.values()].map(({ content, times, source, ref, parentRef, position }) => {
    const resolved = graph.get(ref) ?? [];
    const dependencies = resolved.map((dependency) => dependency.ref);
    return {
      ref,
      parentRef,
      ...content,
      ...times,
      completed: content.status === 'completed',
      dependencies,
      source: {
        ...source,
        ...formsOf(ref, resolved),
        ...(position === undefined ? {} : { position }),
        digest: digestOf(content, dependencies),
      },
    };
  });
}
