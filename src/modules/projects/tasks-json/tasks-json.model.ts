import type { Normalisation, Problem } from './findings.js';
import type { Json, JsonObject } from './json-value.js';

/** The five statuses of the service; `stage` keeps the finer states of tasks.json. */
export const statuses = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
export type Status = (typeof statuses)[number];
export const stages = ['review', 'blocked', 'deferred'] as const;
export type Stage = (typeof stages)[number];

export const limits = {
  tasks: 100_000,
  /** Maximum depth of nested subtasks. */
  levels: 32,
  /** Maximum depth of any value: enough for 32 levels of subtasks with metadata in the last one. */
  nesting: 128,
  /** Maximum number of values. A file of 64 MiB has fewer; only a circular structure reaches this limit. */
  values: 40_000_000,
  /** Maximum id: nine digits, so that the next id still fits into an integer. */
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

/** The content of a task. */
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
  /** The user's object, unchanged. `_tm` contains fields of tasks.json without a column. */
  metadata: JsonObject;
}

/** Besides the content, what is needed to write a task back exactly as it was read. Opaque to all other code. */
export interface TaskSource {
  /** The keys of the task, in the order of the file. */
  readonly keys: readonly string[];
  /** Values that differ from what writing would produce, as text because jsonb would reorder their keys. */
  readonly raw?: Readonly<Record<string, string>>;
  /** The priority assumed because the file has none. A subtask inherits that of its parent. */
  readonly assumedPriority?: number;
  /** The position among the siblings, if they are not in numerical order. */
  readonly position?: number;
  /** Values of other tools under metadata._tm. */
  readonly tm?: string;
  /** The digest of the imported content, which shows whether the task has changed since. */
  readonly digest: string;
}

export interface Task extends TaskContent {
  readonly ref: string;
  readonly parentRef: string | null;
  /** ISO 8601 in UTC; null if the file has none. */
  createdAt: string | null;
  updatedAt: string | null;
  /** References within the list. */
  dependencies: readonly string[];
  /** Null for a task that was created in the service. */
  source: TaskSource | null;
}

export interface ImportedTask extends Task {
  readonly completed: boolean;
  readonly source: TaskSource;
}

/** What is needed to write the objects around the tasks back exactly as they were read. */
export interface ListSource {
  readonly keys: readonly string[];
  readonly raw?: Readonly<Record<string, string>>;
  /** Keys that are beside `tasks` in the file, but in `metadata` in the service. */
  readonly beside?: readonly string[];
  /** The keys beside the lists. The first list of a file keeps them. */
  readonly root?: RootSource;
}

/** What a file has around its lists. */
export interface RootSource {
  readonly keys: readonly string[];
  readonly raw: Readonly<Record<string, string>>;
  /** The file has one list without a name. */
  readonly isFlat?: true;
  readonly layout?: Layout;
}

/** How the text is laid out, where it is not as upstream writes it. */
export interface Layout {
  /** One step of the indentation. */
  readonly indent?: string;
  readonly lineEnd?: string;
  /** What follows the last brace. */
  readonly end?: string;
  /** All letters outside of ASCII are escaped. */
  readonly isAscii?: true;
  /** The text itself, where the other properties do not describe it: laid out by hand or by another formatter. */
  readonly text?: string;
}

export interface TaskList<T extends Task = Task> {
  readonly name: string;
  readonly metadata: JsonObject;
  readonly source: ListSource | null;
  /** Every task precedes its subtasks; siblings keep the order of the file. */
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
