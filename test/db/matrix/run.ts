import pg from 'pg';
import type { TestDatabase } from '../../support/database.js';
import { actors } from './actors.js';
import type { Actor } from './actors.js';
import { enter, isRowVerb, outcome, verbs } from './cells.js';
import type { Verb } from './cells.js';
import { subjectsOf } from './subjects.js';
import type { World } from './world.js';

/** `table`, then `verb`, then actor, then what happened. */
export type Outcomes = Record<string, Record<string, Record<string, string>>>;

/** Every relation with rows, from the catalogue: a new one has no expectation and fails. */
export async function relations(superuser: pg.Client): Promise<string[]> {
  const { rows } = await superuser.query<{ name: string }>(
    `select format('%s.%s', n.nspname, c.relname) as name
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f')
       and n.nspname in ('public', 'app')
     order by 1`,
  );
  return rows.map((row) => row.name);
}

/** The number of rows of each table, without row-level security. */
export async function totals(superuser: pg.Client, world: World): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  for (const table of Object.keys(subjectsOf(world))) {
    const { rows } = await superuser.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    counted.set(table, rows[0]?.n ?? 0);
  }
  return counted;
}

/** Each actor has a separate connection, opened like the service does: its login with the pool's role. */
export async function runAsLogins(
  database: TestDatabase,
  world: World,
  counted: Map<string, number>,
): Promise<Outcomes> {
  const found: Outcomes = {};
  for (const actor of actors) {
    const connectionString = actor.operator ? database.url : database.serviceUrl;
    const client = new pg.Client({ connectionString, options: `-c role=${actor.role}` });
    await client.connect();
    try {
      await client.query('begin');
      await enter(client, actor, world);
      await tryAll(client, actor, world, counted, found);
    } finally {
      await client.end();
    }
  }
  return found;
}

async function tryAll(
  client: pg.Client,
  actor: Actor,
  world: World,
  counted: Map<string, number>,
  found: Outcomes,
): Promise<void> {
  for (const [table, subject] of Object.entries(subjectsOf(world))) {
    const lines = (found[table] ??= {});
    for (const verb of verbs) {
      const line = { table, subject, verb, actor };
      (lines[verb] ??= {})[actor.name] = await outcome(client, line, world, counted.get(table) ?? 0);
    }
  }
}

export function cellsOf(outcomes: Outcomes): number {
  const cells = (verb: string): number => (isRowVerb(verb) ? 4 : 1);
  return Object.values(outcomes)
    .flatMap((byVerb) => Object.entries(byVerb))
    .reduce((sum, [verb, byActor]) => sum + cells(verb) * Object.keys(byActor).length, 0);
}

/** One line of text for each actor, verb and table, so a mismatch reads as one. */
export function lines(outcomes: Outcomes): [string, string][] {
  return Object.entries(outcomes).flatMap(([table, byVerb]) =>
    Object.entries(byVerb).flatMap(([verb, byActor]) =>
      Object.entries(byActor).map(([actor, result]): [string, string] => [`${table} ${verb as Verb} ${actor}`, result]),
    ),
  );
}
