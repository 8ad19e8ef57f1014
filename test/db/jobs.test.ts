import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { createEmptyDatabase, createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const COLUMNS = `select
  format('%s.%s %s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end) as line
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'graphile_worker'
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'v', 'c')
order by 1`;
const DEFAULTS = `select format('%s.%s %s', c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)) as line
from pg_attrdef d
join pg_class c on c.oid = d.adrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'graphile_worker'
join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
order by 1`;
const INDEXES = `select indexdef as line from pg_indexes where schemaname = 'graphile_worker' order by 1`;
const CHECKS = `select format('%s %s', c.conname, pg_get_constraintdef(c.oid)) as line
from pg_constraint c
join pg_namespace n on n.oid = c.connamespace and n.nspname = 'graphile_worker'
where c.contype in ('c', 'f')
order by 1`;
const FUNCTIONS = `select format('%s(%s) %s', p.proname, pg_get_function_arguments(p.oid), p.prosrc) as line
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'graphile_worker'
order by 1`;
const REVISIONS = `select format('%s %s', id, breaking) as line from graphile_worker.migrations order by id`;

/** Normalizes insignificant spelling: comments, case, whitespace, quotes around plain names. */
function meaning(line: string): string {
  return line
    .replace(/--[^\n]*/g, '')
    .replaceAll('"graphile_worker"', 'graphile_worker')
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

async function read(client: pg.Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(sql);
  return rows.map(({ line }) => meaning(line)).sort();
}

// Seen to fail: a changed column, default and word of a function in the migration each made the lists differ.
describe('the job queue of the migrations', () => {
  let ours: TestDatabase;
  let theirs: TestDatabase;
  let clients: pg.Client[];

  beforeAll(async () => {
    ours = await createTestDatabase();
    theirs = await createEmptyDatabase();
    await runMigrations({ connectionString: theirs.url });
    clients = await Promise.all(
      [ours, theirs].map(async ({ url }) => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        return client;
      }),
    );
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await ours.drop();
    await theirs.drop();
  });

  it.each(Object.entries({ COLUMNS, DEFAULTS, CHECKS, FUNCTIONS, REVISIONS }).map(([what, sql]) => ({ what, sql })))(
    'has the $what that the library creates',
    async ({ sql }) => {
      const [own = [], library = []] = await Promise.all(clients.map((client) => read(client, sql)));
      expect(own).toEqual(library);
      expect(library.length).toBeGreaterThan(0);
    },
  );

  it("has the library's indexes and one more", async () => {
    const [own = [], library = []] = await Promise.all(clients.map((client) => read(client, INDEXES)));
    expect(own.filter((line) => !library.includes(line))).toEqual([expect.stringContaining('jobs_locked_idx')]);
    expect(library.filter((line) => !own.includes(line))).toEqual([]);
  });
});
