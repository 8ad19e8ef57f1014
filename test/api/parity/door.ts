import type { TestUser } from '../../support/app.js';

/** What a case does, in no surface's words. */
export const ACTIONS = [
  'task.get',
  'task.list',
  'task.next',
  'task.create',
  'task.update',
  'task.replace',
  'task.delete',
  'task.restore',
  'task.complete',
  'task.claim',
  'task.heartbeat',
  'task.release',
  'task.bulk',
  'task.blockers',
  'task.history',
  'dependency.add',
  'dependency.remove',
  'comment.add',
  'comment.list',
  'comment.update',
  'context.add',
  'workflowState.add',
  'project.get',
  'project.list',
  'project.create',
  'project.update',
  'project.delete',
  'team.get',
  'team.create',
  'team.update',
  'team.delete',
  'member.add',
  'member.remove',
  'validation.get',
  'validation.list',
  'validation.create',
  'validation.update',
  'validation.retry',
  'error.get',
  'error.list',
  'error.record',
  'error.resolve',
  'error.merge',
  'analytics.tasks',
  'audit.list',
  'me.get',
  'user.list',
  'user.create',
  'role.list',
  'key.create',
  'key.revoke',
  'webhook.get',
  'webhook.list',
  'webhook.create',
  'webhook.update',
  'webhook.delete',
  'webhook.rotate',
  'webhook.test',
  'webhook.replay',
  'webhook.deliveries',
] as const;

export type ActionName = (typeof ACTIONS)[number];

/** One use of an action. A door leaves out what its surface has no place for. */
export interface Action {
  readonly name: ActionName;
  /** What is addressed: the record, or the record that it hangs on. */
  readonly id?: string;
  /** The part of it, such as a comment, a member or the other task. */
  readonly part?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** Filters and paging, in the words of the shared grammar. */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly ifMatch?: number;
  readonly fence?: number;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** What a caller learns: what was answered, or the stable code of the refusal. */
export type Outcome =
  | { readonly code: 'OK'; readonly data: unknown }
  | { readonly code: string; readonly data: null; readonly problems: readonly string[] };

/** A way to the service. Another surface joins the table by another one of these. */
export interface Door {
  readonly name: string;
  perform(user: TestUser | undefined, action: Action): Promise<Outcome>;
}
