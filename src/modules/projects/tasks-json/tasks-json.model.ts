import type { Normalisation, Problem } from './findings.js';
import type { Json, JsonObject } from './json-value.js';

/** The five values of the service; `stage` keeps the finer words of tasks.json. */
export const statuses = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
export type Status = (typeof statuses)[number];
export const stages = ['review', 'blocked', 'deferred'] as const;
export type Stage = (typeof stages)[number];

export const limits = {
  tasks: 100_000,
  /** How deep subtasks may lie in subtasks. */
  levels: 32,
  /** How deep any value may lie in the file: room for 32 levels of subtasks and for metadata below them. */
  nesting: 128,
  /** Values of any kind. A file of 64 MiB has fewer; only a structure that contains itself gets here. */
  values: 40_000_000,
  /** Of an id: nine digits, and one more task after it. */
  number: 999_999_999,
  ref: 100,
  listName: 100,
  title: 500,
  details: 500_000,
  text: 100_000,
  items: 1_000,
  tags: 100,
  tag: 100,
  type: 50,
  assignee: 255,
  hours: 999_999.99,
} as const;

/** What the service knows of a task. */
export interface TaskContent {
  title: string;
  description: string | null;
  details: string | null;
  testStrategy: string | null;
  type: string;
  status: Status;
  stage: Stage | null;
  priority: number;
  complexityScore: number;
  /** Paths, or objects with a path. */
  affectedFiles: readonly Json[];
  requirements: readonly Json[];
  acceptanceCriteria: readonly Json[];
  tags: readonly string[];
  assignedTo: string | null;
  estimatedHours: number | null;
  actualHours: number | null;
  /** The user's own object, untouched. Under `_tm`: what tasks.json knows and the service has no column for. */
  metadata: JsonObject;
}

/** What is needed, beside the content, to write a task back as it was read. Opaque to everybody else. */
export interface TaskSource {
  /** The keys of the task in the file, in their order. */
  readonly keys: readonly string[];
  /** Values that differ from what would be written for the content, as text: jsonb would reorder their keys. */
  readonly raw?: Readonly<Record<string, string>>;
  /** The priority taken for granted because the file gives none: a subtask has its parent's. */
  readonly assumedPriority?: number;
  /** The place among its siblings, where they do not lie in the order of their numbers. */
  readonly position?: number;
  /** The order of the dependencies, where it is not that of their numbers. */
  readonly order?: readonly string[];
  /** The siblings that the dependencies name as `15.1` and not as 1. */
  readonly dotted?: readonly string[];
  /** What others keep under metadata._tm. */
  readonly tm?: string;
  /** Of the content as it was imported: tells whether the task was changed since. */
  readonly digest: string;
}

export interface Task extends TaskContent {
  readonly ref: string;
  readonly parentRef: string | null;
  /** ISO 8601 in UTC; null when the file gives none. */
  createdAt: string | null;
  updatedAt: string | null;
  /** References within the list. */
  dependencies: readonly string[];
  /** Null for a task that was born in the service. */
  source: TaskSource | null;
}

export interface ImportedTask extends Task {
  readonly completed: boolean;
  readonly source: TaskSource;
}

/** What is needed to write the objects around the tasks back as they were read. */
export interface ListSource {
  readonly keys: readonly string[];
  readonly raw?: Readonly<Record<string, string>>;
  /** Keys that lie beside `tasks` in the file and in `metadata` in the service. */
  readonly beside?: readonly string[];
  /** The first list of a file keeps what lies beside the lists. */
  readonly root?: RootSource;
}

export interface RootSource {
  readonly keys: readonly string[];
  readonly raw: Readonly<Record<string, string>>;
}

export interface TaskList<T extends Task = Task> {
  readonly name: string;
  readonly metadata: JsonObject;
  readonly source: ListSource | null;
  /** Every task before its subtasks, siblings in the order of the file. */
  readonly tasks: readonly T[];
}

export type ImportedList = TaskList<ImportedTask>;

export type Shape = 'tagged' | 'flat' | 'empty';

export interface TasksFile {
  readonly lists: readonly ImportedList[];
  readonly shape: Shape;
  readonly normalisations: readonly Normalisation[];
}

export type ReadResult =
  { readonly ok: true; readonly file: TasksFile } | { readonly ok: false; readonly problems: readonly Problem[] };
