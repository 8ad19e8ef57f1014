import type { TaskFigures, TaskStatuses, TaskThroughput } from '../../../src/modules/analytics/task-analytics.dto.js';
import { summary } from './plain-figures.js';
import type { TaskRow } from './task-clock.js';

/** A task from a point in time on; null after its row is deleted. */
interface Version {
  readonly at: number;
  readonly row: TaskRow | null;
}

/** A transition of a task: what is counted, where, and when. */
interface Happening {
  readonly at: number;
  readonly what: keyof TaskThroughput;
  readonly row: TaskRow;
}

export type Matches = (row: TaskRow) => boolean;
export type Counts = Pick<TaskThroughput, keyof TaskThroughput>;
export type Statuses = Pick<TaskStatuses, keyof TaskStatuses>;
export type Times = Pick<TaskFigures, 'leadTime' | 'cycleTime'>;

const CLOSED = ['completed', 'failed', 'cancelled'];
const place = (row: TaskRow): string =>
  JSON.stringify([row.teamId, row.projectKey, row.assigneeId, row.type, row.priority]);

/** Every version of every row, as read from the table, and a plain computation of each figure. */
export class TaskHistory {
  readonly #tasks = new Map<string, Version[]>();

  /** Records the current contents of the table; `at` is the time of the last statement. */
  note(rows: readonly TaskRow[], at: number): void {
    const gone = [...this.#tasks.keys()].filter((id) => !rows.some((row) => row.id === id));
    for (const id of gone) if (this.last(id)) this.#tasks.get(id)?.push({ at: Number.MAX_SAFE_INTEGER, row: null });
    for (const row of rows) {
      const versions = this.#tasks.get(row.id);
      if (!versions) this.#tasks.set(row.id, firstVersions(row));
      else if (JSON.stringify(row) !== JSON.stringify(this.last(row.id))) versions.push({ at, row });
    }
  }

  last(id: string): TaskRow | null {
    return this.#tasks.get(id)?.at(-1)?.row ?? null;
  }

  /** Every task that ever existed, in its last version. */
  rows(): TaskRow[] {
    return [...this.#tasks.keys()].flatMap((id) => this.last(id) ?? []);
  }

  /** Every row that ever existed. */
  versions(): TaskRow[] {
    return [...this.#tasks.values()].flat().flatMap(({ row }) => row ?? []);
  }

  statusesAt(moment: number, matches: Matches): Statuses {
    const statuses: Statuses = { pending: 0, in_progress: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const versions of this.#tasks.values()) {
      const row = versions.findLast(({ at }) => at < moment)?.row;
      if (row && !row.deleted && matches(row)) statuses[row.status as keyof Statuses] += 1;
    }
    return statuses;
  }

  happened(from: number, to: number, matches: Matches): Counts {
    const counts: Counts = {
      ...{ created: 0, started: 0, completed: 0, failed: 0, cancelled: 0 },
      ...{ reopened: 0, deleted: 0, restored: 0, movedIn: 0, movedOut: 0 },
    };
    for (const versions of this.#tasks.values())
      for (const { at, what, row } of happenings(versions))
        if (at >= from && at < to && matches(row)) counts[what] += 1;
    return counts;
  }

  times(from: number, to: number, matches: Matches): Times {
    const done = this.rows().filter(
      (row) =>
        row.status === 'completed' &&
        !row.deleted &&
        row.completedAt !== null &&
        row.completedAt >= from &&
        row.completedAt < to &&
        matches(row),
    );
    const seconds = (start: (row: TaskRow) => number | null): number[] =>
      done.flatMap((row) => {
        const begun = start(row);
        return begun === null ? [] : Math.max(0, (row.completedAt ?? 0) - begun) / 1_000;
      });
    return { leadTime: summary(seconds((row) => row.createdAt)), cycleTime: summary(seconds((row) => row.startedAt)) };
  }
}

/** A task starts as pending; a row inserted with another status got it later. */
function firstVersions(row: TaskRow): Version[] {
  const versions: Version[] = [{ at: row.createdAt, row: { ...row, status: 'pending' } }];
  if (row.status === 'pending') return versions;
  const reached = { completed: row.completedAt, in_progress: row.startedAt }[row.status] ?? row.updatedAt;
  return [...versions, { at: Math.max(reached, row.createdAt), row }];
}

function happenings(versions: readonly Version[]): Happening[] {
  const found: Happening[] = [];
  let before: TaskRow | null = null;
  for (const { at, row } of versions) {
    const add = (what: Happening['what'], where: TaskRow | null): void => {
      if (where) found.push({ at, what, row: where });
    };
    const wasThere = before !== null && !before.deleted;
    const isThere = row !== null && !row.deleted;
    if (before === null) add('created', row);
    else if (!wasThere && isThere) add('restored', row);
    else if (wasThere && row && place(before) !== place(row)) {
      add('movedOut', before);
      add('movedIn', row);
    }
    if (before && row && before.status !== row.status && (wasThere || isThere))
      for (const what of kindsOf(before.status, row.status)) add(what, row);
    if (wasThere && !isThere) add('deleted', row ?? before);
    before = row ?? before;
  }
  return found;
}

function kindsOf(from: string, to: string): Happening['what'][] {
  if (to === 'completed' || to === 'failed' || to === 'cancelled') return [to];
  if (CLOSED.includes(from)) return ['reopened'];
  return to === 'in_progress' ? ['started'] : [];
}
