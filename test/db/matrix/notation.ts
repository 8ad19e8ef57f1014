import type { Verb } from './cells.js';

/**
 * The notation of the expectations: each outcome of a verb on a table, with its actors. A row verb has an outcome as
 * `onRows` writes it; a table verb affects `all`, `part` or `none` of the rows, or fails with one word. Actors that a
 * verb does not name are denied, or get `read-only` if their read-only transaction rejects the write first.
 */
export type Expectation = Partial<Record<Verb, Record<string, string>>>;

/** The owner of a table without a policy for owners: FORCE hides every row. */
export const ownerAlone: Expectation = {
  select: { 'unseen: every row': 'owner', 'done: own, mate, foreign; unseen: absent': 'backup' },
  update: { 'unseen: every row': 'owner' },
  move: { 'unseen: every row': 'owner' },
  delete: { 'unseen: every row': 'owner' },
  updateAll: { none: 'owner' },
  moveAll: { none: 'owner' },
  deleteAll: { none: 'owner' },
  truncate: { done: 'owner' },
  copyFrom: { unsupported: 'owner' },
  copyTo: { none: 'owner', all: 'backup' },
};

/** The first list without the names of the second. */
export function except(all: string, names: string): string {
  const out = new Set(names.split(' '));
  return all
    .split(' ')
    .filter((name) => !out.has(name))
    .join(' ');
}

const roleOfAppRw = 'anonymous viewer developer narrowed api_client reporter';
const roleOfAdmin = 'admin narrowed_admin bare_admin';
/** Actors with grants on a table of the service. The owner has them implicitly and is subject to FORCE. */
export const granted = `${roleOfAppRw} ${roleOfAdmin} owner`;
export const grantedReading = `${granted} reader analyst`;

interface TeamTable {
  readonly readers: string;
  readonly writers: string;
  /** Writers whose SELECT policy shows them nothing: they may add rows but not find them. */
  readonly blindWriters?: string;
  readonly admins: string;
  readonly background?: boolean;
  /** Child rows cannot leave the tenant of their parent, not even through an admin. */
  readonly hangs?: boolean;
  /** Set if moving all rows to another tenant fails for an admin although single rows can move. */
  readonly hangsTogether?: boolean;
}

/** A table whose rows belong to a team: members by permission, admins everywhere, nobody across tenants. */
export function teamTable({ readers, writers, blindWriters = '', ...t }: TeamTable): Expectation {
  const allWriters = `${writers} ${blindWriters}`.trim();
  const behindThePolicy = t.background ? 'background' : '';
  const unseen = `${except(grantedReading, `${readers} ${t.admins}`)} ${t.background ? 'idle_background' : ''}`;
  const seen = `${t.admins} backup ${behindThePolicy}`;
  const unchanged = except(granted, `${writers} admin`);
  const untouched = except(granted, `${allWriters} admin`);
  return {
    select: {
      'done: own, mate; unseen: foreign, absent': readers,
      'done: own, mate, foreign; unseen: absent': seen,
      'unseen: every row': unseen,
    },
    insert: {
      'done: own, mate; denied: foreign, absent': allWriters,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    insertReturning: {
      'done: own, mate; denied: foreign, absent': writers,
      'done: own, mate, foreign; foreign key: absent': 'admin',
    },
    update: {
      'done: own, mate; unseen: foreign, absent': writers,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': unchanged,
    },
    move: {
      'denied: own, mate; unseen: foreign, absent': writers,
      [t.hangs ? 'foreign key: own, mate, foreign; unseen: absent' : 'done: own, mate, foreign; unseen: absent']:
        'admin',
      'unseen: every row': unchanged,
    },
    delete: {
      'done: own, mate; unseen: foreign, absent': writers,
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': unchanged,
    },
    updateAll: { part: allWriters, all: 'admin', none: untouched },
    moveAll: { denied: allWriters, [t.hangs || t.hangsTogether ? 'foreign key' : 'all']: 'admin', none: untouched },
    deleteAll: { part: allWriters, all: 'admin', none: untouched },
    truncate: { unsupported: 'owner' },
    copyFrom: { unsupported: granted },
    copyTo: { part: readers, all: seen, none: unseen },
  };
}
