import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrator.js';
import { createEmptyDatabase } from '../support/database.js';
import { loginOf } from './database-fixture.js';

describe('A migrated database', () => {
  it('lets nobody make temporary tables', async () => {
    const database = await createEmptyDatabase();
    await migrate(loginOf(database.url), { version: '1.0.0' });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ role: string; may: boolean }>(
      `select r.rolname as role, has_database_privilege(r.oid, current_database(), 'TEMP') as may
       from pg_roles r
       where r.rolname like 'tm\\_%'`,
    );
    await client.end();
    await database.drop();
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ may }) => may)).toEqual([]);
  });
});
