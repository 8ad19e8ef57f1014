import { except, granted, ownerAlone } from './notation.js';
import type { Expectation } from './notation.js';

const tasksWrite = 'developer api_client';
const managersRead = 'viewer developer narrowed reader api_client';
const notManaging = 'anonymous reporter narrowed_admin bare_admin idle_background owner';
const unmoved = 'idle_background owner';
const writtenByManagers = (untouched: string): Pick<Expectation, 'update' | 'updateAll'> => ({
  update: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin background', '0 0 0 0': untouched },
  updateAll: { part: tasksWrite, all: 'admin background', none: untouched },
});
const notWriting = `${except(granted, `${tasksWrite} admin`)} idle_background`;

/** Rows of a team that one manages: a member's place shows nothing, and tasks:read does not reach for an admin's key. */
const ofManagers: Expectation = {
  ...ownerAlone,
  select: { '1 0 0 0': managersRead, '1 1 1 0': 'admin background backup', '0 0 0 0': notManaging },
  copyTo: { part: managersRead, all: 'admin background backup', none: notManaging },
};
/** Nobody but background work may touch the team, and what hangs on the row holds it there. */
const heldByBackground: Expectation = {
  move: { '23503 23503 23503 0': 'background', '0 0 0 0': unmoved },
  moveAll: { '23503': 'background', none: unmoved },
};
const deletedByBackground: Expectation = {
  delete: { '1 1 1 0': 'background', '0 0 0 0': unmoved },
  deleteAll: { all: 'background', none: unmoved },
};

export const webhookExpectations: Record<string, Expectation> = {
  'public.webhooks': {
    ...ofManagers,
    ...heldByBackground,
    ...writtenByManagers(notWriting),
    insert: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    insertReturning: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    delete: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    deleteAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': granted },
  },
  // Written and never read back, but by background work.
  'public.webhook_secrets': {
    ...ofManagers,
    ...deletedByBackground,
    insert: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    insertReturning: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin' },
    update: { '1 0 0 0': tasksWrite, '1 1 1 0': 'admin', '0 0 0 0': except(granted, `${tasksWrite} admin`) },
    updateAll: { part: tasksWrite, all: 'admin', none: except(granted, `${tasksWrite} admin`) },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': granted },
    copyTo: { all: 'background backup', none: unmoved },
  },
  'public.webhook_deliveries': {
    ...ofManagers,
    ...heldByBackground,
    ...deletedByBackground,
    ...writtenByManagers(notWriting),
    insert: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin background' },
    insertReturning: { '1 42501 42501 42501': tasksWrite, '1 1 1 23503': 'admin background' },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': `${granted} background idle_background` },
  },
  'public.webhook_attempts': {
    ...ofManagers,
    ...heldByBackground,
    ...deletedByBackground,
    insert: { '1 1 1 23503': 'background' },
    insertReturning: { '1 1 1 23503': 'background' },
    update: { '1 1 1 0': 'background', '0 0 0 0': unmoved },
    updateAll: { all: 'background', none: unmoved },
    copyFrom: { '0A000': `background ${unmoved}` },
  },
  'public.webhook_dispatch': {
    ...ownerAlone,
    select: { '1 1 1 0': 'background backup', '0 0 0 0': unmoved },
    update: { '1 1 1 0': 'background', '0 0 0 0': unmoved },
    move: { '1 1 1 0': 'background', '0 0 0 0': unmoved },
    updateAll: { all: 'background', none: unmoved },
    moveAll: { all: 'background', none: unmoved },
    copyTo: { all: 'background backup', none: unmoved },
  },
};
