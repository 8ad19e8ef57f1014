import type { Edge } from './dependency-graph.js';
import type { Json } from './tasks-json/json-value.js';
import type { ListBase, TaskBase } from './tasks-json/tasks-json.base.js';
import type { Resolution } from './tasks-json/tasks-json.merge.js';
import type { ImportedList, ImportedTask, Task, TaskContent } from './tasks-json/tasks-json.model.js';

export const conflictCodes = ['CHANGED_ON_BOTH_SIDES', 'DELETED_IN_PROJECT', 'DELETED_IN_FILE'] as const;
export type ConflictCode = (typeof conflictCodes)[number];

/** What file and project have both changed since they were last exchanged. */
export interface ImportConflict {
  readonly list: string;
  readonly ref: string;
  readonly title: string;
  readonly code: ConflictCode;
  /** The part of the task; null when one side has deleted it. */
  readonly field: string | null;
  readonly file: Json;
  readonly project: Json;
}

/** A task as it is stored. */
export interface StoredTask {
  readonly id: string;
  readonly list: string;
  readonly isDeleted: boolean;
  readonly assigneeId: string | null;
  readonly task: Task;
}

/** A task as it will be written. */
export interface PlannedTask {
  readonly id: string;
  readonly list: string;
  readonly ref: string;
  readonly parentId: string | null;
  readonly content: TaskContent;
  readonly imported: ImportedTask;
  readonly stored: StoredTask | null;
  /** What was last exchanged of it. */
  readonly base: TaskBase | undefined;
}

export interface ImportInput {
  readonly lists: readonly ImportedList[];
  readonly stored: readonly StoredTask[];
  /**
   * The edges of the whole project and of its prerequisites elsewhere, because a cycle can lead through tasks outside
   * the file.
   */
  readonly edges: readonly Edge[];
  /** One id for each new task. */
  readonly newIds: readonly string[];
  /** What was last exchanged with the source of the file, by list. A list without an entry was not exchanged. */
  readonly bases: ReadonlyMap<string, ListBase>;
  /** Whose value wins where both sides have changed one. */
  readonly resolution: Resolution;
  readonly prune: boolean;
  /**
   * The statuses in which a prerequisite is open, according to app.is_open, which the counters of the database also
   * follow.
   */
  readonly openStatuses: ReadonlySet<string>;
}
