import type { Findings, Place } from './findings.js';
import { inside } from './findings.js';
import type { Json } from './json-value.js';
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
} from './tasks-json.words.js';

export interface ReadingContext {
  readonly findings: Findings;
  readonly at: Place | null;
  /** What a task without a priority of its own has. */
  readonly assumedPriority: number;
}

/** One field of the file and its counterpart in the service. `raw` undefined: the key is absent. */
export interface Field {
  readonly key: string;
  read(raw: Json | undefined, context: ReadingContext): Partial<TaskContent>;
  /** `raw`: what the file has; a value that lists objects reuses those it still names. */
  write(content: TaskContent, raw?: Json): Json;
  /** Whether the file already says what the task has, in whatever form. */
  says(raw: Json | undefined, content: TaskContent, context: ReadingContext): boolean;
}

type Reading = Omit<Field, 'says'> & Partial<Pick<Field, 'says'>>;

/** The file says the same when reading and writing it gives what writing the task gives. */
function field(definition: Reading): Field {
  const says: Field['says'] = (raw, content, context) =>
    sameJson(definition.write({ ...content, ...definition.read(raw, context) }), definition.write(content));
  return { says, ...definition };
}

function wrongType(context: ReadingContext, wanted: string, raw: Json): void {
  context.findings.problem(context.at, 'WRONG_TYPE', `must be ${wanted}, not ${describe(raw)}`);
}

const missingTitle = '(untitled)';
const cutMark = '…';

function cutTitle(title: string, context: ReadingContext): string {
  const letters = Array.from(title);
  if (letters.length <= limits.title) return title;
  context.findings.note(
    context.at,
    'TITLE_CUT',
    `shown with its first ${limits.title - 1} characters; the file keeps all`,
  );
  return letters.slice(0, limits.title - 1).join('') + cutMark;
}

const title = field({
  key: 'title',
  read: (raw, context) => {
    if (typeof raw === 'string' && raw.trim() !== '') return { title: cutTitle(raw, context) };
    if (raw === undefined || raw === null || typeof raw === 'string') {
      context.findings.note(context.at, 'TITLE_MISSING', `has no title; shown as ${missingTitle}`);
    } else {
      wrongType(context, 'a string', raw);
    }
    return { title: missingTitle };
  },
  write: (content) => content.title,
});

function textField(key: 'description' | 'details' | 'testStrategy'): Field {
  return field({
    key,
    read: (raw, context) => {
      if (typeof raw === 'string') return { [key]: raw };
      if (raw !== undefined && raw !== null) wrongType(context, 'a string or null', raw);
      return { [key]: null };
    },
    write: (content) => content[key],
  });
}

const assignee = field({
  key: 'assignee',
  read: (raw, context) => {
    if (raw === undefined || raw === null || raw === '') return { assignedTo: null };
    if (typeof raw !== 'string') {
      wrongType(context, 'a string or null', raw);
    } else if (Array.from(raw).length > limits.assignee) {
      context.findings.problem(context.at, 'TOO_LONG', `must have at most ${limits.assignee} characters`);
    } else {
      return { assignedTo: raw };
    }
    return { assignedTo: null };
  },
  write: (content) => content.assignedTo,
});

const status = field({
  key: 'status',
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
  // A word stands for its whole range: metadata._tm.priority tells the exact number. Nothing else leaves room.
  says: (raw, content, context) => {
    const { priority: said = context.assumedPriority } = priority.read(raw, context);
    return typeof raw === 'string'
      ? writePriority(said) === writePriority(content.priority)
      : said === content.priority;
  },
});

const complexity = field({
  key: 'complexity',
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

function listField(key: string, name: 'tags' | 'requirements' | 'acceptanceCriteria', mayBeOne = false): Field {
  return field({
    key,
    read: (raw, context) => {
      if (raw === undefined || raw === null) return { [name]: [] };
      if (mayBeOne && typeof raw === 'string') return { [name]: raw === '' ? [] : [raw] };
      if (!isArray(raw)) {
        wrongType(context, 'an array of strings', raw);
        return { [name]: [] };
      }
      raw.forEach((item, index) => {
        if (typeof item !== 'string') wrongType({ ...context, at: inside(context.at, index) }, 'a string', item);
      });
      return { [name]: raw.filter((item) => typeof item === 'string') };
    },
    write: (content) => content[name],
  });
}

function pathIn(entry: Json): string | undefined {
  const path = isObject(entry) ? own(entry, 'path') : entry;
  return typeof path === 'string' ? path : undefined;
}

const relevantFiles = field({
  key: 'relevantFiles',
  read: (raw, context) => {
    if (raw === undefined || raw === null) return { affectedFiles: [] };
    if (!isArray(raw)) {
      wrongType(context, 'an array of files', raw);
      return { affectedFiles: [] };
    }
    raw.forEach((entry, index) => {
      if (pathIn(entry) === undefined)
        wrongType({ ...context, at: inside(context.at, index) }, 'a file with a path', entry);
    });
    return { affectedFiles: raw.map(pathIn).filter((path) => path !== undefined) };
  },
  write: (content, raw) =>
    content.affectedFiles.map(
      (path) =>
        (isArray(raw) ? raw.find((entry) => pathIn(entry) === path) : undefined) ?? {
          path,
          description: '',
          action: 'modify',
        },
    ),
});

/** In the order in which a field that the file does not have is added to it. */
export const fields: readonly Field[] = [
  title,
  textField('description'),
  textField('details'),
  textField('testStrategy'),
  status,
  priority,
  complexity,
  category,
  assignee,
  hoursField('effort', 'estimatedHours'),
  hoursField('actualEffort', 'actualHours'),
  listField('tags', 'tags'),
  relevantFiles,
  listField('technicalConstraints', 'requirements'),
  listField('acceptanceCriteria', 'acceptanceCriteria', true),
];

export const fieldByKey: ReadonlyMap<string, Field> = new Map(fields.map((item) => [item.key, item]));
