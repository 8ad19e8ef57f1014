import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';

describe('a test database', () => {
  it('takes the service login and is gone after drop', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.serviceUrl });
    await client.connect();
    const { rows } = await client.query('select current_user as login, current_database() as name');
    await client.end();
    await database.drop();

    expect(rows).toEqual([{ login: 'taskmaster', name: database.name }]);
    await expect(new pg.Client({ connectionString: database.url }).connect()).rejects.toThrow('does not exist');
  });

  it('reports a connection that a suite forgot to close', async () => {
    const database = await createTestDatabase();
    const forgotten = new pg.Client({ connectionString: database.url });
    forgotten.on('error', () => undefined);
    await forgotten.connect();
    await forgotten.query('select 42 as answer');

    await expect(database.drop()).rejects.toThrow('select 42 as answer');
  });
});
