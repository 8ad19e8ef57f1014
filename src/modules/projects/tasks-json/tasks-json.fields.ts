import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import type { Json, JsonObject } from './json-value.js';
import { describe, isArray, isObject, own, sameJson } from './json-value.js';
import type { TaskContent } from './tasks-json.model.js';
import { limits } from './tasks-json.model.js';
import {
  defaultComplexity,
  defaultPriority,
  readComplexity,
  readPriority,
  readStatus,
  writePriority,
  writeStatus,
} from './tasks-json.values.js';

export interface ReadingContext {
  readonly findings: Findings;
  readonly at: JsonLocation | null;
  /** The priority of a task that has none in the file. */
  readonly assumedPriority: number;
}

/** One field of the file and its counterpart in the service. An undefined `raw` means that the key is absent. */
export interface Field {
  readonly key: string;
  readonly sets: readonly (keyof TaskContent)[];
  read(raw: Json | undefined, context: ReadingContext): Partial<TaskContent>;
  write(content: TaskContent): Json;
  /** Whether the file already expresses the value of the task, in any form. */
  matches(raw: Json | undefined, content: TaskContent, context: ReadingContext): boolean;
}

type Reading = Omit<Field, 'matches'> & Partial<Pick<Field, 'matches'>>;

/** By default, the file expresses a value if reading and writing it gives the same result as writing the task. */
function field(definition: Reading): Field {
  const matches: Field['matches'] = (raw, content, context) =>
    sameJson(definition.write({ ...content, ...definition.read(raw, context) }), definition.write(content));
  return { matches, ...definition };
}

function wrongType(context: ReadingContext, wanted: string, raw: Json): void {
  context.findings.problem(context.at, 'WRONG_TYPE', `must be ${wanted}, not ${describe(raw)}`);
}

const missingTitle = '(untitled)';
const cutMark = '…';

/** The file has no length limits, but the service does. They count characters, like PostgreSQL. */
function cut(text: string, max: number, context: ReadingContext): string {
  if (text.length <= max) return text;
  const letters = Array.from(text);
  if (letters.length <= max) return text;
  context.findings.note(context.at, 'TEXT_CUT', `is shown with its first ${max - 1} characters; the file keeps all`);
  return letters.slice(0, max - 1).join('') + cutMark;
}

const title = field({
  key: 'title',
  sets: ['title'],
  read: (raw, context) => {
    if (typeof raw === 'string' && raw.trim() !== '') return { title: cut(raw, limits.title, context) };
    if (raw === undefined || raw === null || typeof raw === 'string') {
      context.findings.note(context.at, 'TITLE_MISSING', `has no title; shown as ${missingTitle}`);
    } else {
      wrongType(context, 'a string', raw);
    }
    return { title: missingTitle };
  },
  write: (content) => content.title,
});

function textField(key: 'description' | 'details' | 'testStrategy', max: number): Field {
  const read: Field['read'] = (raw, context) => {
    if (typeof raw === 'string') return { [key]: cut(raw, max, context) };
    if (raw !== undefined && raw !== null) wrongType(context, 'a string or null', raw);
    return { [key]: null };
  };
  return field({
    key,
    sets: [key],
    read,
    write: (content) => content[key],
    // Readers do not distinguish a missing text from an empty one.
    matches: (raw, content, context) => (read(raw, context)[key] ?? '') === (content[key] ?? ''),
  });
}

const assignee = field({
  key: 'assignee',
  sets: ['assignedTo'],
  read: (raw, context) => {
    if (typeof raw === 'string' && raw !== '') return { assignedTo: cut(raw, limits.assignee, context) };
    if (raw !== undefined && raw !== null && raw !== '') wrongType(context, 'a string or null', raw);
    return { assignedTo: null };
  },
  write: (content) => content.assignedTo,
});

const status = field({
  key: 'status',
  sets: ['status', 'stage'],
  read: (raw, context) => {
    if (raw === undefined || raw === null) return { status: 'pending', stage: null };
    const progress = typeof raw === 'string' ? readStatus(raw) : undefined;
    if (progress !== undefined) return { ...progress };
    if (typeof raw === 'string') context.findings.problem(context.at, 'UNKNOWN_WORD', `${describe(raw)} is no status`);
    else wrongType(context, 'a status', raw);
    return { status: 'pending', stage: null };
  },
  write: (content) => writeStatus(content),
});

const priority = field({
  key: 'priority',
  sets: ['priority'],
  read: (raw, context) => {
    if (raw === undefined || raw === null) return { priority: context.assumedPriority };
    if (typeof raw === 'string') {
      const value = readPriority(raw);
      if (value !== undefined) return { priority: value };
      context.findings.problem(context.at, 'UNKNOWN_WORD', `${describe(raw)} is no priority`);
    } else if (typeof raw !== 'number') {
      wrongType(context, 'low, medium, high, critical or null', raw);
    } else if (Number.isInteger(raw) && raw >= 0 && raw <= 10) {
      return { priority: raw };
    } else {
      context.findings.problem(context.at, 'OUT_OF_RANGE', 'must be an integer from 0 to 10');
    }
    return { priority: defaultPriority };
  },
  write: (content) => writePriority(content.priority),
  // A priority name covers a range, and metadata._tm.priority stores the exact number. All other values are exact.
  matches: (raw, content, context) => {
    const { priority: said = context.assumedPriority } = priority.read(raw, context);
    return typeof raw === 'string'
      ? writePriority(said) === writePriority(content.priority)
      : said === content.priority;
  },
});

const complexity = field({
  key: 'complexity',
  sets: ['complexityScore'],
  read: (raw, context) => {
    if (raw === undefined || raw === null) return { complexityScore: defaultComplexity };
    const value = typeof raw === 'string' ? readComplexity(raw) : raw;
    if (value === undefined) {
      context.findings.problem(context.at, 'UNKNOWN_WORD', `${describe(raw)} is no complexity`);
    } else if (typeof value !== 'number') {
      wrongType(context, 'a number from 1 to 10', raw);
    } else if (value < 1 || value > 10) {
      context.findings.problem(context.at, 'OUT_OF_RANGE', 'must be from 1 to 10');
    } else {
      const rounded = Math.round(value);
      if (rounded !== value) context.findings.note(context.at, 'COMPLEXITY_ROUNDED', `taken as ${rounded}`);
      return { complexityScore: rounded };
    }
    return { complexityScore: defaultComplexity };
  },
  write: (content) => content.complexityScore,
});

function hoursField(key: string, name: 'estimatedHours' | 'actualHours'): Field {
  return field({
    key,
    sets: [name],
    read: (raw, context) => {
      if (raw === undefined || raw === null) return { [name]: null };
      if (typeof raw !== 'number') {
        wrongType(context, 'a number of hours', raw);
      } else if (raw < 0 || raw > limits.hours) {
        context.findings.problem(context.at, 'OUT_OF_RANGE', `must be from 0 to ${limits.hours}`);
      } else {
        const rounded = Math.round(raw * 100) / 100;
        if (rounded !== raw) context.findings.note(context.at, 'HOURS_ROUNDED', `taken as ${rounded}`);
        return { [name]: rounded };
      }
      return { [name]: null };
    },
    write: (content) => content[name],
  });
}

const generalType = 'general';

const category = field({
  key: 'category',
  sets: ['type'],
  read: (raw, context) => {
    if (raw === undefined || raw === null || raw === '') return { type: generalType };
    if (typeof raw !== 'string') {
      wrongType(context, 'a string', raw);
    } else if (Array.from(raw).length > limits.type) {
      context.findings.note(context.at, 'CATEGORY_KEPT', `is too long for a type; the file keeps it`);
    } else {
      return { type: raw };
    }
    return { type: generalType };
  },
  write: (content) => content.type,
});

/** The items of an optional array. Some files write a single item as a string. */
function itemsOf(raw: Json | undefined, context: ReadingContext, max: number, mayBeOne: boolean): readonly Json[] {
  if (raw === undefined || raw === null) return [];
  if (mayBeOne && typeof raw === 'string') return raw === '' ? [] : [raw];
  if (!isArray(raw)) wrongType(context, 'an array', raw);
  else if (raw.length > max) context.findings.problem(context.at, 'TOO_MANY', `must have at most ${max} items`);
  else return raw;
  return [];
}

function listField(key: string, name: 'requirements' | 'acceptanceCriteria', mayBeOne: boolean): Field {
  return field({
    key,
    sets: [name],
    read: (raw, context) => ({ [name]: itemsOf(raw, context, limits.items, mayBeOne) }),
    write: (content) => content[name],
  });
}

const tags = field({
  key: 'tags',
  sets: ['tags'],
  read: (raw, context) => {
    const items = itemsOf(raw, context, limits.tags, false);
    items.forEach((item, index) => {
      const place = { ...context, at: inside(context.at, index) };
      if (typeof item !== 'string') wrongType(place, 'a string', item);
      else if (item.length > limits.tag) {
        context.findings.problem(place.at, 'TOO_LONG', `must have at most ${limits.tag} characters`);
      }
    });
    return { tags: items.filter((item) => typeof item === 'string') };
  },
  write: (content) => content.tags,
});

/** The object that represents a path alone in the file. */
const fileOf = (path: string): JsonObject => ({ path, description: '', action: 'modify' });

function readFile(entry: Json): Json | undefined {
  if (typeof entry === 'string') return entry;
  const path = isObject(entry) ? own(entry, 'path') : undefined;
  if (typeof path !== 'string') return undefined;
  return sameJson(entry, fileOf(path)) ? path : entry;
}

const relevantFiles = field({
  key: 'relevantFiles',
  sets: ['affectedFiles'],
  read: (raw, context) => {
    const files = itemsOf(raw, context, limits.items, false).map((entry, index) => {
      const file = readFile(entry);
      if (file === undefined) wrongType({ ...context, at: inside(context.at, index) }, 'a file with a path', entry);
      return file;
    });
    return { affectedFiles: files.filter((file) => file !== undefined) };
  },
  write: (content) => content.affectedFiles.map((file) => (typeof file === 'string' ? fileOf(file) : file)),
});

/** The order in which missing fields are added to a task. */
export const fields: readonly Field[] = [
  title,
  textField('description', limits.text),
  textField('details', limits.details),
  textField('testStrategy', limits.text),
  status,
  priority,
  complexity,
  category,
  assignee,
  hoursField('effort', 'estimatedHours'),
  hoursField('actualEffort', 'actualHours'),
  tags,
  relevantFiles,
  listField('technicalConstraints', 'requirements', false),
  listField('acceptanceCriteria', 'acceptanceCriteria', true),
];

export const fieldByKey: ReadonlyMap<string, Field> = new Map(fields.map((item) => [item.key, item]));
