import type { Session } from '../../../src/platform/auth/session.js';
import { Fault } from '../../../src/platform/faults/fault.js';
import { statement } from '../../../src/platform/database/statement.js';
import type { Statement } from '../../../src/platform/database/statement.js';

/** One of the tenants. */
export interface Tenant {
  readonly session: Session;
  readonly team: string;
  readonly task: string;
}

/** The methods of Database that the traffic uses. One test passes leaky ones to show that the judge detects them. */
export interface DatabaseMethods {
  one(
    method: 'query' | 'search' | 'command',
    session: Session,
    statement: Statement,
    signal?: AbortSignal,
  ): Promise<Row[]>;
  many(method: 'read' | 'write' | 'analytics', session: Session, work: Work): Promise<unknown>;
}

type Row = Record<string, unknown>;
type Work = (run: (statement: Statement) => Promise<Row[]>) => Promise<unknown>;

export interface Verdict {
  requests: number;
  answered: number;
  /** Rows of another tenant, or rows under another user's name. */
  foreign: number;
  /** Empty results although the tenant has rows: a lost scope. */
  empty: number;
  /** Writes into another tenant that were not refused. */
  intrusions: number;
  readonly failures: Map<string, number>;
}

export const newVerdict = (): Verdict => ({
  ...{ requests: 0, answered: 0, foreign: 0, empty: 0, intrusions: 0 },
  failures: new Map(),
});

const newest = statement(
  'traffic_newest',
  `select team_id, current_setting('app.user_id', true) as user_id
   from public.tasks
   order by id desc
   limit 20`,
);
const byId = (id: string): Statement =>
  statement('traffic_by_id', 'select team_id from public.tasks where id = $1', [id]);
const rename = (id: string): Statement =>
  statement('traffic_rename', `update public.tasks set title = 'stolen' where id = $1 returning team_id`, [id]);
const add = (team: string, title: string): Statement =>
  statement('traffic_add', 'insert into public.tasks (team_id, title) values ($1, $2) returning team_id', [
    team,
    title,
  ]);
const divide = statement('traffic_divide', 'select 1 / (count(*) - count(*)) from public.tasks');
const sleep = statement('traffic_sleep', 'select pg_sleep(30)');
const hurry = statement('traffic_hurry', `select set_config('statement_timeout', '1', true)`);

/** A small generator with a seed (mulberry32), so that a run can be repeated. */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** One request of one tenant: most read, some write, some target another tenant, and every fourth fails. */
export async function request(
  db: DatabaseMethods,
  tenants: readonly Tenant[],
  random: (below: number) => number,
  verdict: Verdict,
) {
  const me = tenants[random(tenants.length)]!;
  const other = tenants.filter((tenant) => tenant !== me)[random(tenants.length - 1)]!;
  const judge = (rows: Row[]): void => judgeRows(rows, me, verdict);
  const one = (['query', 'search', 'command'] as const)[random(3)]!;
  const many = (['read', 'write', 'analytics'] as const)[random(3)]!;
  verdict.requests++;
  try {
    await act(db, { me, other, judge, one, many, kind: random(12), verdict });
    verdict.answered++;
  } catch (error) {
    const code = error instanceof Fault ? error.code : String(error);
    verdict.failures.set(code, (verdict.failures.get(code) ?? 0) + 1);
  }
}

interface Act {
  readonly me: Tenant;
  readonly other: Tenant;
  readonly judge: (rows: Row[]) => void;
  readonly one: 'query' | 'search' | 'command';
  readonly many: 'read' | 'write' | 'analytics';
  readonly kind: number;
  readonly verdict: Verdict;
}

async function act(db: DatabaseMethods, { me, other, judge, one, many, kind, verdict }: Act): Promise<void> {
  const { session } = me;
  switch (kind) {
    case 0:
      verdict.foreign += (await db.one(one, session, byId(other.task))).length;
      return;
    case 1:
      verdict.intrusions += (await db.one('command', session, rename(other.task))).length;
      return;
    case 2:
      await db.one('command', session, add(other.team, 'intruder'));
      verdict.intrusions++;
      return;
    case 3:
      await db.one('command', session, add(me.team, me.session.userId));
      return;
    case 4:
      await db.many('write', session, async (run) => {
        judge(await run(newest));
        await run(add(me.team, me.session.userId));
        throw new Error('changed my mind');
      });
      return;
    case 5:
      await db.one(one, session, divide);
      return;
    case 6:
      await db.many(many, session, async (run) => {
        await run(hurry);
        await run(sleep);
      });
      return;
    case 7:
      await aborted(db, session);
      return;
    case 8:
    case 9:
      await db.many(many, session, async (run) => {
        judge(await run(newest));
        judge(await run(newest));
      });
      return;
    default:
      judge(await db.one(one, session, newest));
  }
}

/** The caller aborts while the statement runs; the connection is reused or discarded. */
async function aborted(db: DatabaseMethods, session: Session): Promise<void> {
  const gone = new AbortController();
  const answer = db.one('search', session, sleep, gone.signal);
  setImmediate(() => gone.abort());
  await answer;
}

function judgeRows(rows: Row[], me: Tenant, verdict: Verdict): void {
  if (rows.length === 0) verdict.empty++;
  verdict.foreign += rows.filter((row) => row['team_id'] !== me.team || row['user_id'] !== me.session.userId).length;
}
