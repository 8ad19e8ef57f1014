import { except, granted, ownerAlone } from './notation.js';
import type { Expectation } from './notation.js';

const tasksWrite = 'developer api_client';
const managersRead = 'viewer developer narrowed reader api_client';
const notManaging = 'anonymous reporter narrowed_admin bare_admin idle_background owner';
const unmoved = 'idle_background owner';
const writtenByManagers = (untouched: string): Pick<Expectation, 'update' | 'updateAll'> => ({
  update: {
    'done: own; unseen: mate, foreign, absent': tasksWrite,
    'done: own, mate, foreign; unseen: absent': 'admin background',
    'unseen: every row': untouched,
  },
  updateAll: { part: tasksWrite, all: 'admin background', none: untouched },
});
const notWriting = `${except(granted, `${tasksWrite} admin`)} idle_background`;

/** Rows of a managed team: ordinary members see nothing, and neither does an admin's key with only tasks:read. */
const ofManagers: Expectation = {
  ...ownerAlone,
  select: {
    'done: own; unseen: mate, foreign, absent': managersRead,
    'done: own, mate, foreign; unseen: absent': 'admin background backup',
    'unseen: every row': notManaging,
  },
  copyTo: { part: managersRead, all: 'admin background backup', none: notManaging },
};
/** Only background work may change the team, and child rows keep the row in its tenant. */
const heldByBackground: Expectation = {
  move: { 'foreign key: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': unmoved },
  moveAll: { 'foreign key': 'background', none: unmoved },
};
const deletedByBackground: Expectation = {
  delete: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': unmoved },
  deleteAll: { all: 'background', none: unmoved },
};

export const webhookExpectations: Record<string, Expectation> = {
  // Nobody reads the hash, moves a key to another team or deletes it.
  'public.ingest_keys': {
    ...ofManagers,
    select: {
      'done: own; unseen: mate, foreign, absent': managersRead,
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin background backup',
      'unseen: every row': except(notManaging, 'narrowed_admin'),
    },
    ...writtenByManagers(notWriting),
    insert: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    insertReturning: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: 'owner' },
    copyTo: { none: 'owner', all: 'backup' },
  },
  'public.webhooks': {
    ...ofManagers,
    ...heldByBackground,
    ...writtenByManagers(notWriting),
    insert: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    insertReturning: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    delete: {
      'done: own; unseen: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': except(granted, `${tasksWrite} admin`),
    },
    deleteAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: granted },
  },
  // Write-only, except for background work.
  'public.webhook_secrets': {
    ...ofManagers,
    ...deletedByBackground,
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
    updateAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: granted },
    copyTo: { all: 'background backup', none: unmoved },
  },
  'public.webhook_deliveries': {
    ...ofManagers,
    ...heldByBackground,
    ...deletedByBackground,
    ...writtenByManagers(notWriting),
    insert: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin background',
    },
    insertReturning: {
      'done: own; denied: mate, foreign, absent': tasksWrite,
      'done: own, mate, foreign; foreign key: absent': 'admin background',
    },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: `${granted} background idle_background` },
  },
  'public.webhook_attempts': {
    ...ofManagers,
    ...heldByBackground,
    ...deletedByBackground,
    insert: { 'done: own, mate, foreign; foreign key: absent': 'background' },
    insertReturning: { 'done: own, mate, foreign; foreign key: absent': 'background' },
    update: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': unmoved },
    updateAll: { all: 'background', none: unmoved },
    copyFrom: { unsupported: `background ${unmoved}` },
  },
  'public.webhook_dispatch': {
    ...ownerAlone,
    select: { 'done: own, mate, foreign; unseen: absent': 'background backup', 'unseen: every row': unmoved },
    update: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': unmoved },
    move: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': unmoved },
    updateAll: { all: 'background', none: unmoved },
    moveAll: { all: 'background', none: unmoved },
    copyTo: { all: 'background backup', none: unmoved },
  },
};
