import { except, granted, grantedReading, ownerAlone, teamTable } from './notation.js';
import type { Expectation } from './notation.js';
import { webhookExpectations } from './webhook-expected.js';
import type { World } from './world.js';

const tasksRead = 'viewer developer narrowed reader analyst api_client';
const members = `${tasksRead} reporter`;
const tasksWrite = 'developer api_client';
const withPermission = { readers: tasksRead, writers: tasksWrite, admins: 'admin narrowed_admin' };
// The key of these two carries tasks:read alone, and an api_client may write validations that it cannot read.
const othersRead = 'viewer developer reader analyst';

const work: Record<string, Expectation> = {
  'public.tasks': teamTable({ ...withPermission, background: true, hangsTogether: true }),
  'public.projects': teamTable({ ...withPermission, hangsTogether: true }),
  'public.task_lists': teamTable({ ...withPermission, hangs: true }),
  'public.task_dependencies': teamTable({ ...withPermission, hangs: true }),
  'public.task_contexts': teamTable({ ...withPermission, hangs: true }),
  'public.task_leases': teamTable({ ...withPermission, hangs: true }),
  // As a table of the team to read; written in one's own name alone, but by an admin.
  'public.task_comments': {
    ...teamTable({ ...withPermission, hangs: true }),
    insert: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    insertReturning: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    update: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    move: {
      '42501 0 0 0': tasksWrite,
      '23503 23503 23503 0': 'admin',
      '0 0 0 0': except(granted, `${tasksWrite} admin`),
    },
    delete: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
  },
  'public.workflow_states': teamTable({ ...withPermission, hangs: true }),
  'public.validation_results': teamTable({
    ...{ readers: othersRead, writers: 'developer', blindWriters: 'api_client' },
    ...{ admins: 'admin', hangs: true },
  }),
  'public.validation_attempts': teamTable({
    ...{ readers: othersRead, writers: 'developer', blindWriters: 'api_client', admins: 'admin', hangs: true },
  }),
  'public.validation_findings': teamTable({
    ...{ readers: othersRead, writers: 'developer', blindWriters: 'api_client', admins: 'admin', hangs: true },
  }),
  'public.error_logs': teamTable({
    ...{ readers: `${othersRead} reporter`, writers: 'reporter', admins: 'admin' },
    ...{ hangs: true },
  }),
  // The view shows what its caller may see and takes nothing. Of a view the right is looked at before the transaction.
  'public.active_tasks': {
    ...ownerAlone,
    insert: { '42501 42501 42501 42501': 'reader' },
    insertReturning: { '42501 42501 42501 42501': 'reader' },
    update: { '42501 42501 42501 42501': 'reader', '0 0 0 0': 'owner' },
    move: { '42501 42501 42501 42501': 'reader', '0 0 0 0': 'owner' },
    delete: { '42501 42501 42501 42501': 'reader', '0 0 0 0': 'owner' },
    updateAll: { '42501': 'reader', none: 'owner' },
    moveAll: { '42501': 'reader', none: 'owner' },
    deleteAll: { '42501': 'reader', none: 'owner' },
    select: {
      '1 1 0 0': tasksRead,
      '1 1 1 0': 'admin narrowed_admin backup',
      '0 0 0 0': 'anonymous reporter bare_admin owner',
    },
    truncate: { '42809': `${granted} analyst background idle_background backup monitor` },
    copyFrom: { '42809': 'owner' },
    copyTo: { '42809': `${grantedReading} backup` },
  },
};

/** Written by functions alone, read as errors are. */
const ofErrors: Expectation = {
  ...ownerAlone,
  select: {
    '1 1 0 0': `${othersRead} reporter`,
    '1 1 1 0': 'admin backup',
    '0 0 0 0': 'anonymous narrowed api_client narrowed_admin bare_admin owner',
  },
  copyTo: {
    part: `${othersRead} reporter`,
    all: 'admin backup',
    none: 'anonymous narrowed api_client narrowed_admin bare_admin owner',
  },
};

const errors: Record<string, Expectation> = {
  'public.error_occurrences': ofErrors,
  'public.error_hourly_counts': ofErrors,
  'public.error_resolutions': ofErrors,
  'public.error_users': ownerAlone,
  'public.error_releases': ownerAlone,
};

/** Written by triggers and upkeep alone. */
const countsOfTasks: Expectation = {
  ...ownerAlone,
  select: {
    '1 1 0 0': tasksRead,
    '1 1 1 0': 'admin narrowed_admin backup',
    '0 0 0 0': 'anonymous reporter bare_admin owner',
  },
  copyTo: { part: tasksRead, all: 'admin narrowed_admin backup', none: 'anonymous reporter bare_admin owner' },
};
const counts: Record<string, Expectation> = {
  'public.task_flow_deltas': countsOfTasks,
  'public.task_flow': countsOfTasks,
};

/** Written by the relay and upkeep alone; what is in it is read as the table that it came from. */
const stream: Record<string, Expectation> = {
  'public.events': {
    ...ownerAlone,
    select: {
      '1 1 0 0': tasksRead,
      '1 1 1 0': 'admin narrowed_admin background backup',
      '0 0 0 0': 'anonymous reporter bare_admin idle_background owner',
    },
    copyTo: {
      part: tasksRead,
      all: 'admin narrowed_admin background backup',
      none: 'anonymous reporter bare_admin idle_background owner',
    },
  },
  'public.event_relay': ownerAlone,
  'public.task_due_notices': { ...ownerAlone, truncate: { '0A000': 'owner' } },
};

const identity: Record<string, Expectation> = {
  // No role of the service may read password_hash, so none may copy the table.
  'public.users': {
    ...ownerAlone,
    select: { '1 1 0 0': members, '1 1 1 0': 'admin narrowed_admin backup', '0 0 0 0': 'anonymous bare_admin owner' },
    insert: { '1 1 1 23503': 'admin' },
    insertReturning: { '1 1 1 23503': 'admin' },
    update: {
      '1 0 0 0': 'viewer developer api_client reporter',
      '1 1 1 0': 'admin',
      '0 0 0 0': 'anonymous narrowed narrowed_admin bare_admin owner',
    },
    move: { '1 1 1 0': 'admin', '0 0 0 0': 'narrowed_admin bare_admin owner' },
    moveAll: { all: 'admin', none: 'narrowed_admin bare_admin owner' },
    updateAll: {
      part: 'viewer developer api_client reporter',
      all: 'admin',
      none: 'anonymous narrowed narrowed_admin bare_admin owner',
    },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': 'admin narrowed_admin bare_admin owner' },
  },
  // Roles belong to no tenant; one that somebody holds cannot be deleted.
  'public.user_roles': {
    select: { '1 1 1 0': `${members} admin narrowed_admin backup`, '0 0 0 0': 'anonymous bare_admin owner' },
    insert: { '1 1 1 1': 'admin' },
    insertReturning: { '1 1 1 1': 'admin' },
    update: { '1 1 1 0': 'admin', '0 0 0 0': 'narrowed_admin bare_admin owner' },
    move: { '1 1 1 0': 'admin', '0 0 0 0': 'narrowed_admin bare_admin owner' },
    delete: { '23503 1 1 0': 'admin', '0 0 0 0': 'narrowed_admin bare_admin owner' },
    updateAll: { all: 'admin', none: 'narrowed_admin bare_admin owner' },
    moveAll: { all: 'admin', none: 'narrowed_admin bare_admin owner' },
    deleteAll: { '23503': 'admin', none: 'narrowed_admin bare_admin owner' },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': 'admin narrowed_admin bare_admin owner' },
    copyTo: { all: `${members} admin narrowed_admin backup`, none: 'anonymous bare_admin owner' },
  },
  // A key is its holder's own, and a narrowed one makes or changes no other.
  'public.api_keys': {
    ...ownerAlone,
    select: {
      '1 0 0 0': 'viewer developer narrowed reader api_client reporter',
      '1 1 1 0': 'admin narrowed_admin background backup',
      '0 0 0 0': 'anonymous bare_admin idle_background owner',
    },
    insert: { '1 42501 42501 42501': 'viewer developer api_client reporter', '1 1 1 23503': 'admin' },
    insertReturning: { '1 42501 42501 42501': 'viewer developer api_client reporter', '1 1 1 23503': 'admin' },
    update: {
      '1 0 0 0': 'viewer developer api_client reporter',
      '1 1 1 0': 'admin background',
      '0 0 0 0': 'anonymous narrowed narrowed_admin bare_admin idle_background owner',
    },
    updateAll: {
      part: 'viewer developer api_client reporter',
      all: 'admin background',
      none: 'anonymous narrowed narrowed_admin bare_admin idle_background owner',
    },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': granted },
  },
  'public.sessions': {
    ...ownerAlone,
    select: {
      '1 0 0 0': 'viewer developer narrowed reader api_client reporter',
      '1 1 1 0': 'admin narrowed_admin background backup',
      '0 0 0 0': 'anonymous bare_admin idle_background owner',
    },
    update: {
      '1 0 0 0': 'viewer developer narrowed api_client reporter',
      '1 1 1 0': 'admin',
      '0 0 0 0': 'anonymous narrowed_admin bare_admin owner',
    },
    delete: { '1 1 1 0': 'background', '0 0 0 0': 'idle_background owner' },
    updateAll: {
      part: 'viewer developer narrowed api_client reporter',
      all: 'admin',
      none: 'anonymous narrowed_admin bare_admin owner',
    },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    truncate: { '0A000': 'owner' },
  },
};

const holders = 'viewer developer narrowed api_client reporter admin narrowed_admin';

const teams: Record<string, Expectation> = {
  // One's own answers only, for an admin too.
  'public.idempotency_keys': {
    ...ownerAlone,
    select: {
      '1 0 0 0': holders,
      '1 1 1 0': 'background backup',
      '0 0 0 0': 'anonymous bare_admin idle_background owner',
    },
    insert: { '1 42501 42501 42501': holders },
    insertReturning: { '1 42501 42501 42501': holders },
    update: { '1 0 0 0': holders, '0 0 0 0': 'anonymous bare_admin owner' },
    move: { '42501 0 0 0': holders, '0 0 0 0': 'anonymous bare_admin owner' },
    delete: { '1 0 0 0': holders, '1 1 1 0': 'background', '0 0 0 0': 'anonymous bare_admin idle_background owner' },
    updateAll: { part: holders, none: 'anonymous bare_admin owner' },
    moveAll: { '42501': holders, none: 'anonymous bare_admin owner' },
    deleteAll: { part: holders, all: 'background', none: 'anonymous bare_admin idle_background owner' },
    copyFrom: { '0A000': granted },
    copyTo: { part: holders, all: 'backup', none: 'anonymous bare_admin owner' },
  },
  // The row of one's own is a team that one owns, the mate's is a team that one is only a member of.
  'public.teams': {
    ...ownerAlone,
    select: { '1 1 0 0': members, '1 1 1 0': 'admin narrowed_admin backup', '0 0 0 0': 'anonymous bare_admin owner' },
    update: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    move: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    delete: { '1 0 0 0': tasksWrite, '1 23503 23503 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    updateAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    // The foreigner has a personal team already.
    moveAll: { '23505': `${tasksWrite} admin`, none: except(granted, `${tasksWrite} admin`) },
    deleteAll: { part: tasksWrite, '23503': 'admin', none: except(granted, `${tasksWrite} admin`) },
    truncate: { '0A000': 'owner' },
    copyTo: { part: members, all: 'admin narrowed_admin backup', none: 'anonymous bare_admin owner' },
  },
  'public.team_members': {
    ...ownerAlone,
    select: { '1 1 0 0': members, '1 1 1 0': 'admin narrowed_admin backup', '0 0 0 0': 'anonymous bare_admin owner' },
    insert: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    insertReturning: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    update: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    delete: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    updateAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    deleteAll: { '23514': `${tasksWrite} admin`, none: except(granted, `${tasksWrite} admin`) },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': granted },
    copyTo: { part: members, all: 'admin narrowed_admin backup', none: 'anonymous bare_admin owner' },
  },
};

/** What was migrated has no policies and no grants: its owner alone. */
const migrated: Expectation = {
  select: { '1 1 1 0': 'owner backup' },
  insert: { '1 1 1 1': 'owner' },
  insertReturning: { '1 1 1 1': 'owner' },
  update: { '1 1 1 0': 'owner' },
  move: { '1 1 1 0': 'owner' },
  delete: { '1 1 1 0': 'owner' },
  updateAll: { all: 'owner' },
  moveAll: { all: 'owner' },
  deleteAll: { all: 'owner' },
  truncate: { done: 'owner' },
  // Accepted; the test then sends no data.
  copyFrom: { '57014': 'owner' },
  copyTo: { all: 'owner backup' },
};

const service: Record<string, Expectation> = {
  // Append-only: nobody writes but the owner's triggers, and one reads the trail of the teams one manages, all of it
  // or nothing.
  'public.audit_logs': {
    ...ownerAlone,
    select: {
      '1 0 0 0': except(tasksRead, 'narrowed'),
      '1 1 1 0': 'admin backup',
      '0 0 0 0': 'anonymous narrowed reporter narrowed_admin bare_admin owner',
    },
    // COPY reads the parent alone, which holds no row; without row-level security PostgreSQL refuses it.
    copyTo: { none: grantedReading, '42809': 'backup' },
  },
  'public.performance_metrics': {
    ...ownerAlone,
    select: { '1 1 1 0': 'admin narrowed_admin background backup', '0 0 0 0': 'bare_admin idle_background owner' },
    insert: { '1 1 1 1': 'background' },
    insertReturning: { '1 1 1 1': 'background' },
    delete: { '1 1 1 0': 'background', '0 0 0 0': 'idle_background owner' },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    copyFrom: { '0A000': 'background idle_background owner' },
    copyTo: { all: 'admin narrowed_admin background backup', none: 'bare_admin idle_background owner' },
  },
  // What background jobs keep for the service itself.
  'public.request_budgets': {
    ...ownerAlone,
    select: { '1 1 1 0': 'background backup', '0 0 0 0': 'idle_background owner' },
    insert: { '1 1 1 1': 'background' },
    insertReturning: { '1 1 1 1': 'background' },
    update: { '1 1 1 0': 'background', '0 0 0 0': 'idle_background owner' },
    move: { '1 1 1 0': 'background', '0 0 0 0': 'idle_background owner' },
    delete: { '1 1 1 0': 'background', '0 0 0 0': 'idle_background owner' },
    updateAll: { all: 'background', none: 'idle_background owner' },
    moveAll: { all: 'background', none: 'idle_background owner' },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    copyFrom: { '0A000': 'background idle_background owner' },
    copyTo: { all: 'background backup', none: 'idle_background owner' },
  },
  'public.broker_positions': {
    ...ownerAlone,
    select: { '1 1 1 0': 'admin narrowed_admin background backup', '0 0 0 0': 'bare_admin idle_background owner' },
    insert: { '1 1 1 1': 'background' },
    insertReturning: { '1 1 1 1': 'background' },
    update: { '1 1 1 0': 'background', '0 0 0 0': 'idle_background owner' },
    move: { '1 1 1 0': 'background', '0 0 0 0': 'idle_background owner' },
    updateAll: { all: 'background', none: 'idle_background owner' },
    moveAll: { all: 'background', none: 'idle_background owner' },
    copyFrom: { '0A000': 'background idle_background owner' },
    copyTo: { all: 'admin narrowed_admin background backup', none: 'bare_admin idle_background owner' },
  },
  'public.migrations': migrated,
  'public.migration_files': migrated,
};

const tables: Record<string, Expectation> = {
  ...work,
  ...errors,
  ...counts,
  ...stream,
  ...webhookExpectations,
  ...identity,
  ...teams,
  ...service,
};

/** A partition of the trail is read through its parent alone: nobody has a grant on it. */
export function expectedOf({ auditPartitions }: World): Record<string, Expectation> {
  return { ...tables, ...Object.fromEntries(auditPartitions.map((name) => [name, ownerAlone])) };
}
