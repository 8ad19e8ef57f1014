import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import { plainNumber } from './json-number.js';
import type { Json, JsonObject } from './json-value.js';
import { own, storedText } from './json-value.js';
import type { NamedDependency } from './tasks-json.dependencies.js';
import { readDependencies } from './tasks-json.dependencies.js';
import { fieldByKey, fields } from './tasks-json.fields.js';
import {
  applyMarkers,
  groupByKey,
  groupsOf,
  markedDependencies,
  metadataOf,
  ownKey,
  readMetadata,
} from './tasks-json.metadata.js';
import type { TaskContent, TaskSource } from './tasks-json.model.js';
import { readTime } from './tasks-json.times.js';
import type { TimeKey } from './tasks-json.times.js';
import { defaultPriority } from './tasks-json.values.js';

export type Times = Record<TimeKey, string | null>;

/** A task read in isolation, before the other tasks of the list are known. */
export interface TaskDraft {
  readonly content: TaskContent;
  readonly times: Times;
  readonly named: readonly NamedDependency[];
  readonly source: Omit<TaskSource, 'digest' | 'position'>;
  /** As the file has them. What would be written for them depends on the other tasks. */
  readonly written: { readonly id: Json | undefined; readonly dependencies: Json | undefined };
}

export const blank: TaskContent = {
  title: '',
  description: null,
  details: null,
  testStrategy: null,
  type: 'general',
  status: 'pending',
  stage: null,
  priority: defaultPriority,
  complexityScore: 5,
  affectedFiles: [],
  requirements: [],
  acceptanceCriteria: [],
  tags: [],
  assignedTo: null,
  estimatedHours: null,
  actualHours: null,
  metadata: {},
};

export function readTask(task: JsonObject, at: JsonLocation, findings: Findings, assumedPriority: number): TaskDraft {
  const content = { ...blank };
  for (const item of fields) {
    const context = { findings, at: inside(at, item.key), assumedPriority };
    Object.assign(content, item.read(plainNumber(own(task, item.key)), context));
  }
  const metadataAt = inside(at, 'metadata');
  const { user, markers, others } = readMetadata(own(task, 'metadata'), metadataAt, findings);
  Object.assign(content, applyMarkers(markers, content, inside(metadataAt, ownKey), findings));
  content.metadata = metadataOf(user, groupsOf(Object.entries(task)), cutTitleOf(task, content));
  const times = readTimes(task, at, findings);
  const raw = rawOf(task, content, user);
  const assumes = (own(task, 'priority') ?? null) === null && assumedPriority !== defaultPriority;
  return {
    content,
    times,
    written: { id: own(task, 'id'), dependencies: own(task, 'dependencies') },
    named: [
      ...readDependencies(own(task, 'dependencies'), inside(at, 'dependencies'), findings, false),
      ...readDependencies(
        markedDependencies(markers),
        inside(inside(metadataAt, ownKey), 'dependencies'),
        findings,
        true,
      ),
    ],
    source: {
      keys: Object.keys(task),
      ...(raw.size > 0 ? { raw: Object.fromEntries(raw) } : {}),
      ...(assumes ? { assumedPriority } : {}),
      ...(others === undefined ? {} : { tm: JSON.stringify(others) }),
    },
  };
}

/** The complete title, if the service shows only a part of it. */
function cutTitleOf(task: JsonObject, content: TaskContent): string | null {
  const title = own(task, 'title');
  return typeof title === 'string' && title.trim() !== '' && title !== content.title ? title : null;
}

function readTimes(task: JsonObject, at: JsonLocation, findings: Findings): Times {
  const read = (key: TimeKey) => readTime(own(task, key), inside(at, key), findings);
  return { createdAt: read('createdAt'), updatedAt: read('updatedAt') };
}

/** What would be written for a value without its raw text; undefined if only the raw text can tell. */
function guessOf(key: string, value: Json, content: TaskContent, user: JsonObject): string | undefined {
  // The table may store null for an empty text, because both mean the same.
  if (value === '') return undefined;
  if (key === 'id') return JSON.stringify(value);
  if (key === 'subtasks' || key === 'dependencies') return value === null ? undefined : JSON.stringify(value);
  if (key === 'metadata') return value === null ? undefined : storedText(user);
  if (groupByKey.has(key)) return storedText(value);
  const item = fieldByKey.get(key);
  return item === undefined ? undefined : JSON.stringify(item.write(content));
}

function rawOf(task: JsonObject, content: TaskContent, user: JsonObject): Map<string, string> {
  const raw = new Map<string, string>();
  for (const [key, value] of Object.entries(task)) {
    const text = JSON.stringify(key === 'metadata' && value !== null ? user : value);
    if (text !== guessOf(key, value, content, user)) raw.set(key, text);
  }
  // No reader of tasks.json knows this status, so the file gets `blocked` and metadata._tm.status.
  if (content.status === 'failed') raw.delete('status');
  return raw;
}
