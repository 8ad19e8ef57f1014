import type { Verb } from './cells.js';

/**
 * How the expectations are written: for a table and a verb, each outcome with the actors who meet it.
 *
 *   '1 1 0 0'   rows affected on the row of one's own, of a mate in the same tenant, of another tenant, and on an absent one
 *   all part none   what a verb on the whole table reaches
 *   42501       the SQLSTATE that refuses: 42501 no right or a policy's check, 25006 read-only transaction,
 *               0A000 not possible under row-level security (or, for truncate, of what is audited),
 *               23503 the row would leave what it belongs to, 23514 a team without an owner, 42809 not for this relation
 *
 * An actor that a verb does not name is refused: 42501, or 25006 where the reader's transaction stops a write first.
 */
export type Expectation = Partial<Record<Verb, Record<string, string>>>;

/** The owner of a table without a policy for owners: FORCE leaves nothing. */
export const ownerAlone: Expectation = {
  select: { '0 0 0 0': 'owner', '1 1 1 0': 'backup' },
  update: { '0 0 0 0': 'owner' },
  move: { '0 0 0 0': 'owner' },
  delete: { '0 0 0 0': 'owner' },
  updateAll: { none: 'owner' },
  moveAll: { none: 'owner' },
  deleteAll: { none: 'owner' },
  truncate: { done: 'owner' },
  copyFrom: { '0A000': 'owner' },
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
/** Whoever has the grants on a table of the service; the owner has them anyway and meets FORCE. */
export const granted = `${roleOfAppRw} ${roleOfAdmin} owner`;
export const grantedReading = `${granted} reader analyst`;

interface TeamTable {
  readonly readers: string;
  readonly writers: string;
  /** Writers whose SELECT policy shows them nothing: they may add a row and cannot find one. */
  readonly blindWriters?: string;
  readonly admins: string;
  readonly background?: boolean;
  /** Rows that hang on another row cannot leave its tenant, not even by an admin. */
  readonly hangs?: boolean;
  /** The admin's outcome when every row is pushed to another tenant, where it is not that of its neighbours. */
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
    select: { '1 1 0 0': readers, '1 1 1 0': seen, '0 0 0 0': unseen },
    insert: { '1 1 42501 42501': allWriters, '1 1 1 23503': 'admin' },
    insertReturning: { '1 1 42501 42501': writers, '1 1 1 23503': 'admin' },
    update: { '1 1 0 0': writers, '1 1 1 0': 'admin', '0 0 0 0': unchanged },
    move: { '42501 42501 0 0': writers, [t.hangs ? '23503 23503 23503 0' : '1 1 1 0']: 'admin', '0 0 0 0': unchanged },
    delete: { '1 1 0 0': writers, '1 1 1 0': 'admin', '0 0 0 0': unchanged },
    updateAll: { part: allWriters, all: 'admin', none: untouched },
    moveAll: { '42501': allWriters, [t.hangs || t.hangsTogether ? '23503' : 'all']: 'admin', none: untouched },
    deleteAll: { part: allWriters, all: 'admin', none: untouched },
    truncate: { '0A000': 'owner' },
    copyFrom: { '0A000': granted },
    copyTo: { part: readers, all: seen, none: unseen },
  };
}
