import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { getMetadataArgsStorage } from 'typeorm';
import { entities } from '../../src/app.module.js';
import type { TestDatabase } from '../support/database.js';
import { createTestDatabase } from '../support/database.js';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** An entity's mapping, in the terms of the catalogue. */
function mapped(entity: (typeof entities)[number]): Column[] {
  const storage = getMetadataArgsStorage();
  const table = storage.tables.find(({ target }) => target === entity)?.name ?? '';
  return storage.columns
    .filter(({ target }) => target === entity)
    .map(({ options }) => {
      const { name = '', type, length, array, nullable = false } = options;
      const base =
        { varchar: 'character varying', timestamptz: 'timestamp with time zone' }[String(type)] ?? String(type);
      return { table, column: name, type: `${base}${length ? `(${length})` : ''}${array ? '[]' : ''}`, nullable };
    });
}

describe('the entities', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(entities.map((entity) => [entity.name, entity] as const))('%s matches its table', async (_, entity) => {
    const columns = mapped(entity);
    const { rows } = await client.query<Column>(
      `select
         a.attrelid::regclass::text as "table",
         a.attname::text as "column",
         format_type(a.atttypid, a.atttypmod) as type,
         not a.attnotnull as nullable
       from pg_attribute a
       where a.attrelid = to_regclass('public.' || $1)
         and a.attnum > 0
         and not a.attisdropped`,
      [columns[0]?.table],
    );
    const byName = (one: Column, other: Column): number => one.column.localeCompare(other.column);
    expect(columns.sort(byName)).toEqual(rows.sort(byName));
  });
});
