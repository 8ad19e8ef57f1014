import type pg from 'pg';
import { personOf } from './actors.js';
import type { Actor } from './actors.js';
import { onRows, wordOf } from './answers.js';
import { sessionSql } from './session-sql.js';
import { NOBODY } from './subjects.js';
import type { Subject } from './subjects.js';
import type { Belongings, World } from './world.js';

/** Row verbs are tested on four rows: own, another user's in the tenant, another tenant's, absent. */
export const rowVerbs = ['select', 'insert', 'insertReturning', 'update', 'move', 'delete'] as const;
/** Verbs on the whole table: `…All` reads no column, so no SELECT policy helps to stop it. */
export const tableVerbs = ['updateAll', 'moveAll', 'deleteAll', 'truncate', 'copyFrom', 'copyTo'] as const;
export const verbs = [...rowVerbs, ...tableVerbs];
export type Verb = (typeof verbs)[number];

/** One actor, verb and table: four cells for a row verb, one for a table verb. */
export interface Line {
  readonly table: string;
  readonly subject: Subject;
  readonly verb: Verb;
  readonly actor: Actor;
}

export const isRowVerb = (verb: string): boolean => (rowVerbs as readonly string[]).includes(verb);

/** The statements of a line: one for each row, or one for the table. */
export function statements({ table, subject, verb, actor }: Line, world: World): string[] {
  const own = world.of[personOf(actor)];
  const { mate, foreigner } = world.of;
  const set = (actor.role === 'tm_background' ? subject.setInBackground : undefined) ?? subject.set;
  if (!isRowVerb(verb)) return [tableStatement(table, verb, set, subject.move(foreigner, world))];
  const nobody: Belongings = { ...own, home: NOBODY, team: NOBODY, keyTeam: NOBODY, user: NOBODY };
  if (verb === 'insert' || verb === 'insertReturning') {
    const returning = verb === 'insertReturning' ? ` returning ${subject.key}` : '';
    return [own, mate, foreigner, nobody].map((p) => `insert into ${table} ${subject.insert(p)}${returning}`);
  }
  const rows = [subject.row(own), subject.row(mate), subject.row(foreigner), subject.absent];
  return rows.map((row, i) => {
    if (verb === 'select') return `select ${subject.key} from ${table} where ${row}`;
    if (verb === 'delete') return `delete from ${table} where ${row}`;
    if (verb === 'update') return `update ${table} set ${set} where ${row}`;
    // Own rows are moved to the foreigner; the foreigner's row is moved here.
    return `update ${table} set ${subject.move(i === 2 ? own : foreigner, world)} where ${row}`;
  });
}

function tableStatement(table: string, verb: Verb, set: string, move: string): string {
  switch (verb) {
    case 'updateAll':
      return `update ${table} set ${set}`;
    case 'moveAll':
      return `update ${table} set ${move}`;
    case 'deleteAll':
      return `delete from ${table}`;
    case 'truncate':
      return `truncate ${table}`;
    case 'copyFrom':
      return `copy ${table} from stdin`;
    default:
      return `copy ${table} to stdout`;
  }
}

/** Opens the actor's session in a transaction that already runs as the role of the actor's pool. */
export async function enter(client: pg.Client, actor: Actor, world: World): Promise<void> {
  if (actor.readOnly) await client.query('set transaction read only');
  if (actor.reason) await client.query(`select set_config('app.system_reason', $1, true)`, [actor.reason]);
  if (!actor.session) return;
  const options = { role: actor.role, request: '{"id":"req_matrix"}' };
  await client.query(sessionSql(world.credentials[actor.session], options));
}

/** Runs one line, rolls it back, and returns the outcome in the words of the expectations. */
export async function outcome(client: pg.Client, line: Line, world: World, total: number): Promise<string> {
  const answers: string[] = [];
  for (const sql of statements(line, world)) answers.push(await attempt(client, sql));
  if (isRowVerb(line.verb)) return onRows(answers);
  const [answer = ''] = answers;
  if (!/^\d{1,4}$/.test(answer)) return wordOf(answer);
  return line.verb === 'truncate' ? 'done' : share(Number(answer), total);
}

function share(rows: number, total: number): string {
  if (rows === 0) return 'none';
  return rows === total ? 'all' : 'part';
}

async function attempt(client: pg.Client, sql: string): Promise<string> {
  try {
    const answer: unknown = await client.query(`savepoint cell; ${sql}; rollback to savepoint cell`);
    return String((answer as pg.QueryResult[])[1]?.rowCount ?? 0);
  } catch (error) {
    await client.query('rollback to savepoint cell');
    return (error as pg.DatabaseError).code ?? String(error);
  }
}
