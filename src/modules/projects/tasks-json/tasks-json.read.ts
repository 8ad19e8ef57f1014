import type { Sliced } from '../slices.js';
import { atOnce } from '../slices.js';
import { checkInput, checkKeys } from './input-check.js';
import type { JsonLocation, Problem } from './findings.js';
import { FindingList, inside } from './findings.js';
import { parseJson } from './json-number.js';
import type { Json, JsonObject } from './json-value.js';
import { describe, isArray, isObject, own, without } from './json-value.js';
import { layoutOf } from './tasks-json.layout.js';
import { readList } from './tasks-json.list.js';
import type { ImportedList, Layout, ReadResult, RootSource, Shape } from './tasks-json.model.js';
import { limits } from './tasks-json.model.js';

/** The name of the only list in a flat file. */
export const defaultList = 'master';
/** Keys that some tools write by mistake. Upstream drops them too. */
const strippedKeys = ['_rawTaggedData', 'tag'];

/** The parser's message quotes the file, so only the position is reported. */
function unreadable(error: unknown): Problem {
  if (error instanceof RangeError) {
    return { path: '', code: 'TOO_DEEP', message: `lies deeper than ${limits.nesting} levels` };
  }
  const where = error instanceof Error ? /line \d+ column \d+/.exec(error.message)?.[0] : undefined;
  return {
    path: '',
    code: 'INVALID_JSON',
    message: `the text is not JSON${where === undefined ? '' : `: see ${where}`}`,
  };
}

/** Reads the text of a tasks.json file. It never throws; the result contains the problems. */
export function parseTasksJson(text: string): ReadResult {
  return atOnce(parseInSteps(text));
}

/** Like `parseTasksJson`, for an event loop that others use too. */
export function* parseInSteps(given: string): Sliced<ReadResult> {
  const findings = new FindingList();
  const hasMark = given.startsWith('\uFEFF');
  if (hasMark) findings.note(null, 'BYTE_ORDER_MARK', 'begins with a byte order mark, which is left out');
  const text = hasMark ? given.slice(1) : given;
  if (text.trim() === '')
    return { ok: false, problems: [{ path: '', code: 'INVALID_JSON', message: 'the text is empty' }] };
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    return { ok: false, problems: [unreadable(error)] };
  }
  return yield* read(value, findings, text);
}

/** Reads a parsed tasks.json file. It never throws; the result contains the problems. */
export function readTasksJson(value: unknown): ReadResult {
  return atOnce(read(value, new FindingList()));
}

function* read(value: unknown, findings: FindingList, text?: string): Sliced<ReadResult> {
  if (!(yield* checkInput(value, findings))) return { ok: false, problems: findings.problems };
  if (text !== undefined) yield* checkKeys(text, findings);
  if (!isObject(value)) {
    findings.problem(null, 'WRONG_TYPE', `the file must be an object, not ${describe(value)}`);
    return { ok: false, problems: findings.problems };
  }
  const root = splitRoot(value, findings);
  const count = root.lists.reduce((sum, [, list]) => sum + countTasks(own(list, 'tasks')), 0);
  if (count > limits.tasks) {
    findings.problem(null, 'TOO_MANY_TASKS', `has ${count} tasks; the most is ${limits.tasks}`);
    return { ok: false, problems: findings.problems };
  }
  const lists: ImportedList[] = [];
  for (const [name, list, at] of root.lists) lists.push(yield* readList(name, list, at, findings));
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const file = {
    lists: keepRoot(lists, root.source, text === undefined ? undefined : layoutOf(text, value)),
    shape: root.shape,
    normalisations: findings.normalisations,
  };
  return { ok: true, file };
}

/** Counts first, because a file with too many tasks is refused without reading any. */
function countTasks(tasks: Json | undefined): number {
  if (!isArray(tasks)) return 0;
  return tasks.reduce<number>((sum, task) => sum + 1 + (isObject(task) ? countTasks(own(task, 'subtasks')) : 0), 0);
}

interface Root {
  readonly shape: Shape;
  readonly lists: readonly (readonly [name: string, list: JsonObject, at: JsonLocation | null])[];
  readonly source: RootSource | undefined;
}

function splitRoot(file: JsonObject, findings: FindingList): Root {
  const strip = strippedKeys.filter((key) => Object.hasOwn(file, key) && !hasTasks(own(file, key)));
  for (const key of strip)
    findings.note(inside(null, key), 'ROOT_FIELD_STRIPPED', 'belongs to a working copy; dropped');
  const root = without(file, ...strip);
  return isFlat(root) ? flat(root, findings) : tagged(root, findings);
}

function hasTasks(value: Json | undefined): boolean {
  return isObject(value) && Object.hasOwn(value, 'tasks');
}

/** As upstream: any key other than these two makes a file tagged. A list may still have one of these names. */
function isFlat(root: JsonObject): boolean {
  if (Object.hasOwn(root, 'tasks')) return !hasTasks(own(root, 'tasks'));
  return Object.hasOwn(root, 'metadata') && Object.keys(root).length === 1 && !hasTasks(own(root, 'metadata'));
}

function flat(root: JsonObject, findings: FindingList): Root {
  const beside = Object.entries(root).filter(([key]) => key !== 'tasks' && key !== 'metadata');
  if (beside.some(([, value]) => hasTasks(value))) {
    const message = 'lies beside task lists: move it into a list of its own, such as "master", or delete it';
    findings.problem(inside(null, 'tasks'), 'AMBIGUOUS_SHAPE', message);
  }
  findings.note(null, 'FLAT_SHAPE', `has one list without a name; it is called ${defaultList} in the project`);
  const list = without(root, ...beside.map(([key]) => key));
  const source = rootSource(Object.keys(root), beside, findings) ?? { keys: Object.keys(root), raw: {} };
  return { shape: 'flat', lists: [[defaultList, list, null]], source: { ...source, isFlat: true } };
}

function tagged(root: JsonObject, findings: FindingList): Root {
  const entries = Object.entries(root);
  const named = entries.filter((entry): entry is [string, JsonObject] => isList(entry[0], entry[1]));
  const others = entries.filter(([key, value]) => !isList(key, value));
  if (entries.length > 0 && (others.length > 0 || named.length === 0) && !named.some(([, list]) => hasTasks(list))) {
    findings.problem(null, 'NOT_TASKS_JSON', 'is no tasks.json file: it has no list with tasks');
    return { shape: 'tagged', lists: [], source: undefined };
  }
  for (const [key, value] of others) {
    if (isArray(value)) findings.problem(inside(null, key), 'WRONG_TYPE', 'must be a task list: an object with tasks');
  }
  return {
    shape: entries.length === 0 ? 'empty' : 'tagged',
    lists: named.map(([name, list]) => [name, list, inside(null, name)]),
    source: rootSource(Object.keys(root), others, findings),
  };
}

/** `{}` and an object with only metadata are new, empty lists. */
function isList(key: string, value: Json): value is JsonObject {
  if (hasTasks(value)) return true;
  if (!isObject(value) || key === 'metadata') return false;
  const keys = Object.keys(value);
  return keys.length === 0 || (keys.length === 1 && isObject(own(value, 'metadata')));
}

function rootSource(
  names: readonly string[],
  others: readonly (readonly [string, Json])[],
  findings: FindingList,
): RootSource | undefined {
  if (others.length === 0) return undefined;
  for (const [key] of others) findings.note(inside(null, key), 'ROOT_FIELD_KEPT', 'is no task list; the file keeps it');
  const keys = [...names, ...others.map(([key]) => key).filter((key) => !names.includes(key))];
  return { keys, raw: Object.fromEntries(others.map(([key, value]) => [key, JSON.stringify(value)])) };
}

/** The service does not store files, so the first list stores what is around the lists. */
function keepRoot(
  lists: readonly ImportedList[],
  source: RootSource | undefined,
  layout: Layout | undefined,
): readonly ImportedList[] {
  const [first, ...rest] = lists;
  if (first === undefined || (source === undefined && layout === undefined)) return lists;
  const root = { ...(source ?? { keys: [], raw: {} }), ...(layout === undefined ? {} : { layout }) };
  return [{ ...first, source: { ...(first.source ?? { keys: [] }), root } }, ...rest];
}
