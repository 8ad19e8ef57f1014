import { accountExpected } from './account-expected.js';
import { except, granted, grantedReading, ownerAlone, teamTable } from './notation.js';
import type { Expectation } from './notation.js';
import { oauthExpectations } from './oauth-expected.js';
import { webhookExpectations } from './webhook-expected.js';
import type { World } from './world.js';

const tasksRead = 'viewer developer narrowed reader analyst api_client';
const members = `${tasksRead} reporter`;
const tasksWrite = 'developer api_client';
const withPermission = { readers: tasksRead, writers: tasksWrite, admins: 'admin narrowed_admin' };
// The keys of these two have only tasks:read; an api_client may write validations but not read them.
const othersRead = 'viewer developer reader analyst';

const work: Record<string, Expectation> = {
  'public.tasks': teamTable({ ...withPermission, background: true, hangsTogether: true }),
  'public.tags': teamTable(withPermission),
  'public.projects': teamTable({ ...withPermission, hangsTogether: true }),
  'public.task_lists': teamTable({ ...withPermission, hangs: true }),
  'public.task_exchanges': teamTable({ ...withPermission, hangs: true }),
  'public.task_dependencies': teamTable({ ...withPermission, hangs: true }),
  'public.task_contexts': teamTable({ ...withPermission, hangs: true }),
  'public.task_leases': teamTable({ ...withPermission, hangs: true }),
  // Read like a table of the team; written only by the author or an admin.
  'public.task_comments': {
    ...teamTable({ ...withPermission, hangs: true }),
    insert: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    insertReturning: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    update: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    move: {
      'denied: own; unseen: mate, foreign, absent': tasksWrite,
      'foreign key: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    delete: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
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
  // The view shows what its caller may see and is read-only. For views, PostgreSQL checks grants first.
  'public.active_tasks': {
    ...ownerAlone,
    insert: { 'denied: every row': 'reader' },
    insertReturning: { 'denied: every row': 'reader' },
    update: { 'denied: every row': 'reader', 'unseen: every row': 'owner' },
    move: { 'denied: every row': 'reader', 'unseen: every row': 'owner' },
    delete: { 'denied: every row': 'reader', 'unseen: every row': 'owner' },
    updateAll: { denied: 'reader', none: 'owner' },
    moveAll: { denied: 'reader', none: 'owner' },
    deleteAll: { denied: 'reader', none: 'owner' },
    select: {
      'done: own, mate; unseen: foreign, absent': tasksRead,
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
      'unseen: every row': 'anonymous reporter bare_admin owner',
    },
    truncate: { 'wrong kind': `${granted} analyst background idle_background backup monitor` },
    copyFrom: { 'wrong kind': 'owner' },
    copyTo: { 'wrong kind': `${grantedReading} backup` },
  },
};

/** Written only by functions, read like errors. */
const ofErrors: Expectation = {
  ...ownerAlone,
  select: {
    'done: own, mate; unseen: foreign, absent': `${othersRead} reporter`,
    'done: own, mate, foreign; unseen: absent': 'admin backup',
    'unseen: every row': 'anonymous narrowed api_client narrowed_admin bare_admin owner',
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

/** Written only by triggers and upkeep. */
const countsOfTasks: Expectation = {
  ...ownerAlone,
  select: {
    'done: own, mate; unseen: foreign, absent': tasksRead,
    'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
    'unseen: every row': 'anonymous reporter bare_admin owner',
  },
  copyTo: { part: tasksRead, all: 'admin narrowed_admin backup', none: 'anonymous reporter bare_admin owner' },
};
const counts: Record<string, Expectation> = {
  'public.task_flow_deltas': countsOfTasks,
  'public.task_flow': countsOfTasks,
};

/** Written only by the relay and upkeep; read like the table of the change. */
const stream: Record<string, Expectation> = {
  'public.events': {
    ...ownerAlone,
    select: {
      'done: own, mate; unseen: foreign, absent': tasksRead,
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin background backup',
      'unseen: every row': 'anonymous reporter bare_admin idle_background owner',
    },
    copyTo: {
      part: tasksRead,
      all: 'admin narrowed_admin background backup',
      none: 'anonymous reporter bare_admin idle_background owner',
    },
  },
  'public.event_relay': ownerAlone,
  'public.task_due_notices': { ...ownerAlone, truncate: { unsupported: 'owner' } },
};

const identity: Record<string, Expectation> = {
  // No role of the service may read password_hash, so none may copy the table.
  'public.users': {
    ...ownerAlone,
    select: {
      'done: own, mate; unseen: foreign, absent': members,
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
      'unseen: every row': 'anonymous bare_admin owner',
    },
    insert: { 'done: own, mate, foreign; foreign key: absent': 'admin' },
    insertReturning: { 'done: own, mate, foreign; foreign key: absent': 'admin' },
    update: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'anonymous narrowed narrowed_admin bare_admin owner',
    },
    move: {
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'narrowed_admin bare_admin owner',
    },
    moveAll: { all: 'admin', none: 'narrowed_admin bare_admin owner' },
    updateAll: {
      part: 'viewer developer api_client reporter',
      all: 'admin',
      none: 'anonymous narrowed narrowed_admin bare_admin owner',
    },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: 'admin narrowed_admin bare_admin owner' },
  },
  // Roles belong to no tenant; the admin's own is built in, so it stays and loses nothing.
  'public.user_roles': {
    select: {
      'done: own, mate, foreign; unseen: absent': `${members} admin narrowed_admin backup`,
      'unseen: every row': 'anonymous bare_admin owner',
    },
    insert: { 'done: every row': 'admin' },
    insertReturning: { 'done: every row': 'admin' },
    update: {
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'narrowed_admin bare_admin owner',
    },
    move: {
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'narrowed_admin bare_admin owner',
    },
    delete: {
      'check: own; done: mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'narrowed_admin bare_admin owner',
    },
    updateAll: { all: 'admin', none: 'narrowed_admin bare_admin owner' },
    moveAll: { check: 'admin', none: 'narrowed_admin bare_admin owner' },
    deleteAll: { check: 'admin', none: 'narrowed_admin bare_admin owner' },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: 'owner' },
    copyTo: { all: `${members} admin narrowed_admin backup`, none: 'anonymous bare_admin owner' },
  },
  // A key belongs to its holder, and a scoped key cannot create or change keys.
  'public.api_keys': {
    ...ownerAlone,
    select: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer narrowed reader api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin background backup',
      'unseen: every row': 'anonymous bare_admin idle_background owner',
    },
    insert: {
      'done: own; denied: mate, foreign, absent': 'viewer developer api_client reporter',
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    insertReturning: {
      'done: own; denied: mate, foreign, absent': 'viewer developer api_client reporter',
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    update: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin background',
      'unseen: every row': 'anonymous narrowed narrowed_admin bare_admin idle_background owner',
    },
    updateAll: {
      part: 'viewer developer api_client reporter',
      all: 'admin background',
      none: 'anonymous narrowed narrowed_admin bare_admin idle_background owner',
    },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: granted },
  },
  // Linked by an administrator, or by app.start_external_session for a token of the issuer.
  'public.consents': {
    ...ownerAlone,
    select: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer narrowed reader api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
      'unseen: every row': 'anonymous bare_admin owner',
    },
    insert: { 'done: own; denied: mate, foreign, absent': 'viewer developer api_client reporter admin' },
    insertReturning: { 'done: own; denied: mate, foreign, absent': 'viewer developer api_client reporter admin' },
    truncate: { unsupported: 'owner' },
    copyTo: {
      part: 'viewer developer narrowed reader api_client reporter',
      all: 'admin narrowed_admin backup',
      none: 'anonymous bare_admin owner',
    },
  },
  'public.user_identities': {
    ...ownerAlone,
    select: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer narrowed reader api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
      'unseen: every row': 'anonymous bare_admin owner',
    },
    insert: { 'done: own, mate, foreign; foreign key: absent': 'admin' },
    insertReturning: { 'done: own, mate, foreign; foreign key: absent': 'admin' },
    delete: {
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'narrowed_admin bare_admin owner',
    },
    deleteAll: { all: 'admin', none: 'narrowed_admin bare_admin owner' },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: 'admin narrowed_admin bare_admin owner' },
    copyTo: {
      part: 'viewer developer narrowed reader api_client reporter',
      all: 'admin narrowed_admin backup',
      none: 'anonymous bare_admin owner',
    },
  },
  ...accountExpected,
  'public.sessions': {
    ...ownerAlone,
    select: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer narrowed reader api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin background backup',
      'unseen: every row': 'anonymous bare_admin idle_background owner',
    },
    update: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer narrowed api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'anonymous narrowed_admin bare_admin owner',
    },
    delete: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    updateAll: {
      part: 'viewer developer narrowed api_client reporter',
      all: 'admin',
      none: 'anonymous narrowed_admin bare_admin owner',
    },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    truncate: { unsupported: 'owner' },
  },
};

const holders = 'viewer developer narrowed api_client reporter admin narrowed_admin';

const teams: Record<string, Expectation> = {
  // Only the caller's own answers, even for an admin.
  'public.idempotency_keys': {
    ...ownerAlone,
    select: {
      'done: own; unseen: mate, foreign, absent': holders,
      'done: own, mate, foreign; unseen: absent': 'background backup',
      'unseen: every row': 'anonymous bare_admin idle_background owner',
    },
    insert: { 'done: own; denied: mate, foreign, absent': holders },
    insertReturning: { 'done: own; denied: mate, foreign, absent': holders },
    update: { 'done: own; unseen: mate, foreign, absent': holders, 'unseen: every row': 'anonymous bare_admin owner' },
    move: { 'denied: own; unseen: mate, foreign, absent': holders, 'unseen: every row': 'anonymous bare_admin owner' },
    delete: {
      'done: own; unseen: mate, foreign, absent': holders,
      'done: own, mate, foreign; unseen: absent': 'background',
      'unseen: every row': 'anonymous bare_admin idle_background owner',
    },
    updateAll: { part: holders, none: 'anonymous bare_admin owner' },
    moveAll: { denied: holders, none: 'anonymous bare_admin owner' },
    deleteAll: { part: holders, all: 'background', none: 'anonymous bare_admin idle_background owner' },
    copyFrom: { unsupported: granted },
    copyTo: { part: holders, all: 'backup', none: 'anonymous bare_admin owner' },
  },
  // The own row is a team that the actor owns, the mate's a team with the actor as member.
  'public.teams': {
    ...ownerAlone,
    select: {
      'done: own, mate; unseen: foreign, absent': members,
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
      'unseen: every row': 'anonymous bare_admin owner',
    },
    update: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    move: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    delete: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own; foreign key: mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    updateAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    // The foreigner has a personal team already.
    moveAll: { duplicate: `${tasksWrite} admin`, none: except(granted, `${tasksWrite} admin`) },
    // One of their teams has a project.
    deleteAll: { 'foreign key': `${tasksWrite} admin`, none: except(granted, `${tasksWrite} admin`) },
    truncate: { unsupported: 'owner' },
    copyTo: { part: members, all: 'admin narrowed_admin backup', none: 'anonymous bare_admin owner' },
  },
  // The own row is of a team that the actor owns, the mate's of a team with the actor as member.
  'public.invites': {
    ...ownerAlone,
    select: {
      'done: own, mate; unseen: foreign, absent': 'viewer developer narrowed reader api_client',
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
      'unseen: every row': 'anonymous reporter bare_admin owner',
    },
    insert: { 'done: own; denied: mate, foreign, absent': `${tasksWrite} admin` },
    insertReturning: { 'done: own; denied: mate, foreign, absent': `${tasksWrite} admin` },
    update: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    updateAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    truncate: { unsupported: 'owner' },
  },
  // Nobody but an administrator puts anyone into a team: not its owner either, and not oneself.
  'public.team_members': {
    ...ownerAlone,
    select: {
      'done: own, mate; unseen: foreign, absent': members,
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin backup',
      'unseen: every row': 'anonymous bare_admin owner',
    },
    insert: { 'done: own, mate, foreign; foreign key: absent': 'admin' },
    insertReturning: { 'done: own, mate, foreign; foreign key: absent': 'admin' },
    update: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    delete: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    updateAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    deleteAll: { check: `${tasksWrite} admin`, none: except(granted, `${tasksWrite} admin`) },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: 'admin narrowed_admin bare_admin owner' },
    copyTo: { part: members, all: 'admin narrowed_admin backup', none: 'anonymous bare_admin owner' },
  },
};

/** Migration tables have no policies and no grants: only the owner has access. */
const migrated: Expectation = {
  select: { 'done: own, mate, foreign; unseen: absent': 'owner backup' },
  insert: { 'done: every row': 'owner' },
  insertReturning: { 'done: every row': 'owner' },
  update: { 'done: own, mate, foreign; unseen: absent': 'owner' },
  move: { 'done: own, mate, foreign; unseen: absent': 'owner' },
  delete: { 'done: own, mate, foreign; unseen: absent': 'owner' },
  updateAll: { all: 'owner' },
  moveAll: { all: 'owner' },
  deleteAll: { all: 'owner' },
  truncate: { done: 'owner' },
  // Accepted; the test then sends no data.
  copyFrom: { cancelled: 'owner' },
  copyTo: { all: 'owner backup' },
};

const service: Record<string, Expectation> = {
  // Append-only: nobody writes but the owner's triggers, and one reads the trail of the teams one manages, all of it
  // or nothing.
  'public.audit_logs': {
    ...ownerAlone,
    select: {
      'done: own; unseen: mate, foreign, absent': except(tasksRead, 'narrowed'),
      'done: own, mate, foreign; unseen: absent': 'admin backup',
      'unseen: every row': 'anonymous narrowed reporter narrowed_admin bare_admin owner',
    },
    // COPY reads the parent alone, which holds no row; without row-level security PostgreSQL refuses it.
    copyTo: { none: grantedReading, 'wrong kind': 'backup' },
  },
  'public.performance_metrics': {
    ...ownerAlone,
    select: {
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin background backup',
      'unseen: every row': 'bare_admin idle_background owner',
    },
    insert: { 'done: every row': 'background' },
    insertReturning: { 'done: every row': 'background' },
    delete: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    copyFrom: { unsupported: 'background idle_background owner' },
    copyTo: { all: 'admin narrowed_admin background backup', none: 'bare_admin idle_background owner' },
  },
  // Tables that background jobs keep for the service.
  'public.request_budgets': {
    ...ownerAlone,
    select: {
      'done: own, mate, foreign; unseen: absent': 'background backup',
      'unseen: every row': 'idle_background owner',
    },
    insert: { 'done: every row': 'background' },
    insertReturning: { 'done: every row': 'background' },
    update: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    move: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    delete: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    updateAll: { all: 'background', none: 'idle_background owner' },
    moveAll: { all: 'background', none: 'idle_background owner' },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    copyFrom: { unsupported: 'background idle_background owner' },
    copyTo: { all: 'background backup', none: 'idle_background owner' },
  },
  'public.broker_positions': {
    ...ownerAlone,
    select: {
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin background backup',
      'unseen: every row': 'bare_admin idle_background owner',
    },
    insert: { 'done: every row': 'background' },
    insertReturning: { 'done: every row': 'background' },
    update: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    move: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    updateAll: { all: 'background', none: 'idle_background owner' },
    moveAll: { all: 'background', none: 'idle_background owner' },
    copyFrom: { unsupported: 'background idle_background owner' },
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
  ...oauthExpectations,
  ...identity,
  ...teams,
  ...service,
};

/** Partitions of the trail have no grants; they are read only through their parent. */
export function expectedOf({ auditPartitions }: World): Record<string, Expectation> {
  return { ...tables, ...Object.fromEntries(auditPartitions.map((name) => [name, ownerAlone])) };
}
