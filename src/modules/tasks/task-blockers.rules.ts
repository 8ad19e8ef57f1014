import type { BlockerReason, Blockers, OpenPrerequisite } from './task-dependency.dto.js';

/**
 * A row of app.task_blockers, which decides what is ready: the requested task at depth 0, or one of its prerequisites.
 */
export interface BlockerRow extends Omit<OpenPrerequisite, 'ready'> {
  readonly isReady: boolean;
  readonly isDeleted: boolean;
  readonly openDependencies: number;
  readonly leasedUntil: Date | null;
  readonly waitsForParent: boolean;
}

/** app.task_blockers stops after it has visited more tasks than this, including the requested one. */
const SEEN_MAX = 1_000;

export function explainBlockers(task: BlockerRow, prerequisites: readonly BlockerRow[]): Blockers {
  const reasons = reasonsOf(task);
  return {
    taskId: task.id,
    ready: task.isReady,
    claimable: reasons.length === 0,
    reasons,
    chain: prerequisites.map(toPrerequisite),
    truncated: prerequisites.length + 1 > SEEN_MAX,
  };
}

function reasonsOf(task: BlockerRow): BlockerReason[] {
  const { status, stage, leasedUntil, openDependencies } = task;
  const until = leasedUntil?.toISOString().replace(/\.\d+Z$/, 'Z');
  const reasons: (BlockerReason | false)[] = [
    task.isDeleted && { code: 'DELETED', message: 'The task is deleted.' },
    status !== 'pending' && {
      code: status.toUpperCase(),
      message: `The task is ${status.replace('_', ' ')}. Only pending tasks can be started.`,
    },
    stage !== null && { code: stage.toUpperCase(), message: `The task is set to ${stage}.` },
    until !== undefined && { code: 'LEASED', message: `Somebody has claimed the task until ${until}.` },
    openDependencies > 0 && {
      code: 'OPEN_DEPENDENCIES',
      message: `The task waits for ${openDependencies} ${openDependencies === 1 ? 'other' : 'others'}.`,
    },
    task.waitsForParent && {
      code: 'PARENT_NOT_BEGUN',
      message: 'The parent task is not in progress. Until it is, this task is ready but not offered as next.',
    },
  ];
  return reasons.filter((reason) => reason !== false);
}

function toPrerequisite(row: BlockerRow): OpenPrerequisite {
  const { id, projectKey, list, ref, title, status, stage, priority, assigneeId, depth, path } = row;
  return { id, projectKey, list, ref, title, status, stage, priority, assigneeId, depth, path, ready: row.isReady };
}
