import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import pg from 'pg';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

const guide = readFileSync(resolve(import.meta.dirname, '../../deploy/README.md'), 'utf8');
const [, statements = ''] = /^```sql\n(.+?)^```$/ms.exec(guide) ?? [];

/** Seen to fail: without the session, the service's login was refused the functions and a superuser saw every tenant. */
describe('the session of a user, opened as deploy/README.md says', () => {
  let app: TestApp;
  let ada: TestUser;

  beforeAll(async () => {
    app = await startTestApp();
    ada = await app.user('viewer');
    const writer = await app.user();
    const teamId = await app.team(writer, ada);
    for (const title of ['one', 'two']) await new Client(app.url, writer).post('/tasks', { title, teamId });
    await new Client(app.url, await app.user()).post('/tasks', { title: 'of another tenant' });
  });

  afterAll(() => app.close());

  it.each(['the service login', 'a superuser'])('shows %s what that user may see', async (login) => {
    const { url, serviceUrl } = app.database;
    const client = new pg.Client({ connectionString: login === 'a superuser' ? url : serviceUrl });
    await client.connect();
    const text = statements.replace('USER_ID', ada.id).replace('API_KEY_ID', ada.keyId);
    const results = (await client.query(text)) as unknown as pg.QueryResult<Record<string, unknown>>[];
    await client.end();
    const rows = results.flatMap((result) => result.rows);
    expect(rows).toContainEqual({ user_has_permission: true });
    expect(rows).toContainEqual({ count: '2' });
  });
});
