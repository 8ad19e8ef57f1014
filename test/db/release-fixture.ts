import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS_FOLDER, readMigrations } from '../../src/platform/database/migration-files.js';
import { migrate } from '../../src/platform/database/migrator.js';
import { createEmptyDatabase } from '../support/database.js';
import { loginOf } from './database-fixture.js';
import { makeWorld } from './matrix/world.js';

type Row = Record<string, unknown>;

// Partition names depend on the current month, so the trail is dumped as one table.
const TABLES = `
select c.oid::regclass::text as name
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace)
  and c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relname <> 'migrations'
order by 1`;

/** The rows of every table, or some columns of one, in an order independent of their physical position. */
export async function rowsOf(superuser: pg.Client): Promise<Record<string, Row[]>>;
export async function rowsOf(superuser: pg.Client, table: string, columns?: readonly string[]): Promise<Row[]>;
export async function rowsOf(
  superuser: pg.Client,
  table?: string,
  columns?: readonly string[],
): Promise<Record<string, Row[]> | Row[]> {
  if (table === undefined) {
    const { rows } = await superuser.query<{ name: string }>(TABLES);
    const all: Record<string, Row[]> = {};
    // The last applied version changes with every function.
    for (const { name } of rows.filter((row) => row.name !== 'migration_files')) {
      all[name] = await rowsOf(superuser, name);
    }
    return all;
  }
  const { rows } = await superuser.query<{ row: Row }>(
    `select r.row
     from (
       select (
         select jsonb_object_agg(f.key, f.value)
         from jsonb_each(to_jsonb(t)) f
         where $1::text[] is null or f.key = any($1)
       ) as row
       from ${table} t
     ) r
     order by r.row::text`,
    [columns && columns.length > 0 ? columns : null],
  );
  return rows.map(({ row }) => row);
}

/** Dumps the schema of this build and rows of every table as SQL that any client can run. */
export async function writeRelease(folder: string): Promise<void> {
  const database = await createEmptyDatabase();
  const superuser = new pg.Client({ connectionString: database.url });
  await superuser.connect();
  await migrate(loginOf(database.url));
  await makeWorld(superuser);
  await mkdir(folder, { recursive: true });
  const files = await readMigrations(MIGRATIONS_FOLDER);
  await writeFile(join(folder, 'schema.sql'), files.map(({ up }) => up).join('\n'));
  await writeFile(join(folder, 'data.sql'), await dataOf(superuser));
  await superuser.end();
  await database.drop();
}

async function dataOf(superuser: pg.Client): Promise<string> {
  const { rows: tables } = await superuser.query<{ name: string }>(TABLES);
  const statements = [
    `-- Without triggers: the rows are what triggers have made of them.\nset session_replication_role = replica;`,
  ];
  for (const { name } of tables) {
    // As text: JSON in JavaScript would round a bigint.
    const { rows } = await superuser.query<{ row: string }>(
      `select to_jsonb(t)::text as row from ${name} t order by 1`,
    );
    if (rows.length === 0) continue;
    const { rows: columns } = await superuser.query<{ list: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as list
       from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [name],
    );
    const list = columns[0]?.list ?? '';
    const lines = rows.map(({ row }) => `  ${row}`).join(',\n');
    statements.push(
      `delete from ${name};`,
      `insert into ${name} (${list})\noverriding system value\nselect ${list}\nfrom jsonb_populate_recordset(null::${name}, $rows$[\n${lines}\n]$rows$);`,
    );
  }
  return `${statements.join('\n')}\n`;
}
