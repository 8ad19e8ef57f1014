import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Session } from '../../src/platform/auth/session.js';
import { sendInOneRoundTrip } from '../../src/platform/database/single-round-trip.js';
import type { Step } from '../../src/platform/database/single-round-trip.js';
import { sessionScope } from '../../src/platform/database/scope.js';
import { createFixture, sessionOf } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';

/*
 * What the single-round-trip query guarantees, on a plain and on a pipelined connection. It relies on pg's internals,
 * so these tests decide whether pg may be updated.
 *
 * Seen to fail: with the role set for the session, the admin's role stayed; with the Parse after the scope's Bind, the
 * interleaved test failed with 26000 for unrelated statements; when a failed query kept its prepared statements, the
 * tests of failed first uses and lost statements failed.
 */
const titles: Step = { name: 'test_titles', text: 'select title from tasks order by title', values: [] };
const settings: Step = {
  name: 'test_settings',
  text: `select current_setting('app.user_id', true) as "user", current_setting('app.team_ids', true) as teams, current_user as role`,
  values: [],
};

describe.each([
  ['on a plain connection', false],
  ['on a pipelined connection', true],
])('A single-round-trip query %s', (_, pipeline) => {
  let fixture: Fixture;
  let client: pg.Client;
  let ada: Session & { title: string };
  let bob: Session & { title: string };
  let root: Session;

  beforeAll(async () => {
    fixture = await createFixture();
    [ada, bob] = [await fixture.addUser('ada'), await fixture.addUser('bob')];
    root = await fixture.addUser('root', 'admin');
    client = new pg.Client({ connectionString: fixture.test.serviceUrl, pipeline, options: '-c role=tm_app_ro' });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await fixture.close();
  });

  const rowsFor = async (session: Session, ...steps: Step[]): Promise<unknown[]> => {
    const results = await sendInOneRoundTrip(client, [sessionScope(session, 'tm_app_ro'), ...steps]);
    return results.at(-1)?.rows ?? [];
  };

  it('runs the statement as its user and leaves nothing behind', async () => {
    expect(await rowsFor(ada, titles)).toEqual([{ title: ada.title }]);
    expect(await rowsFor(bob, titles)).toEqual([{ title: bob.title }]);
    const [during] = (await rowsFor(ada, settings)) as { user: string }[];
    expect(during?.user).toBe(ada.userId);
    const [after] = await sendInOneRoundTrip(client, [settings]);
    expect(after?.rows).toEqual([{ user: '', teams: '', role: 'tm_app_ro' }]);
  });

  it('resets the role of an admin', async () => {
    expect(await rowsFor(root, titles)).toHaveLength(3);
    expect(await rowsFor(root, settings)).toMatchObject([{ role: 'tm_admin' }]);
    const [after] = await sendInOneRoundTrip(client, [settings, titles]);
    expect(after?.rows).toMatchObject([{ role: 'tm_app_ro' }]);
    expect(await rowsFor(ada, titles)).toEqual([{ title: ada.title }]);
  });

  it('shows no row without a user or with a removed credential', async () => {
    const [nobody] = await sendInOneRoundTrip(client, [titles]);
    expect(nobody?.rows).toEqual([]);
    await expect(rowsFor(sessionOf(ada.userId, randomUUID()), titles)).rejects.toMatchObject({ code: '28000' });
    await expect(rowsFor(sessionOf(randomUUID(), ada.credentialId), titles)).rejects.toMatchObject({ code: '28000' });
  });

  it('fails on an invalid user id, and the connection stays usable', async () => {
    await expect(rowsFor(sessionOf('no-uuid', ada.credentialId), titles)).rejects.toMatchObject({ code: '22P02' });
    expect(await rowsFor(ada, titles)).toEqual([{ title: ada.title }]);
  });

  it('prepares a statement again after its first use failed', async () => {
    const fresh: Step = { name: 'test_fresh', text: 'select 1 / $1::int as one', values: [0] };
    await expect(rowsFor(ada, fresh)).rejects.toMatchObject({ code: '22012' });
    expect(await rowsFor(ada, { ...fresh, values: [1] })).toEqual([{ one: 1 }]);
    const wrong: Step = { name: 'test_wrong', text: 'select nothing_like_it from tasks', values: [] };
    await expect(rowsFor(ada, wrong)).rejects.toMatchObject({ code: '42703' });
    await expect(rowsFor(ada, wrong)).rejects.toMatchObject({ code: '42703' });
    expect(await rowsFor(ada, titles)).toEqual([{ title: ada.title }]);
  });

  it('answers several statements in one round trip', async () => {
    const count: Step = { name: 'test_count', text: 'select count(*)::int as n from tasks', values: [] };
    const results = await sendInOneRoundTrip(client, [sessionScope(ada, 'tm_app_ro'), titles, count]);
    expect(results.map((result) => result.rows)).toEqual([[], [{ title: ada.title }], [{ n: 1 }]]);
  });

  it('refuses one name for two texts, and a value that cannot be encoded, before anything is sent', async () => {
    await expect(rowsFor(ada, { ...titles, text: 'select 1' })).rejects.toThrow('share the statement name');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const encoded: Step = { name: 'test_encoded', text: 'select $1::jsonb as value', values: [circle] };
    await expect(rowsFor(ada, encoded)).rejects.toThrow('circular');
    expect(await rowsFor(ada, { ...encoded, values: [{ a: [1] }] })).toEqual([{ value: { a: [1] } }]);
  });

  it('recovers when the server lost a statement or its result changed', async () => {
    await fixture.admin.query('create table shifting (a int); grant select on shifting to tm_app_ro, tm_admin');
    const shifting: Step = { name: 'test_shifting', text: 'select * from shifting', values: [] };
    expect(await rowsFor(ada, shifting)).toEqual([]);
    await fixture.admin.query('alter table shifting add column b int; insert into shifting values (1, 2)');
    await expect(rowsFor(ada, shifting)).rejects.toMatchObject({ code: '0A000' });
    expect(await rowsFor(ada, shifting)).toEqual([{ a: 1, b: 2 }]);
    await client.query('deallocate all');
    await expect(rowsFor(ada, titles)).rejects.toMatchObject({ code: '26000' });
    expect(await rowsFor(ada, titles)).toEqual([{ title: ada.title }]);
  });

  it('commits a write when it is answered, and rolls it back when a later statement fails', async () => {
    await fixture.admin.query('create table notes (t text); grant select, insert on notes to tm_app_ro, tm_app_rw');
    const insert: Step = { name: 'test_note', text: 'insert into notes values ($1) returning t', values: ['kept'] };
    expect(await rowsFor(ada, insert)).toEqual([{ t: 'kept' }]);
    const divide: Step = { name: 'test_divide', text: 'select 1 / 0', values: [] };
    await expect(rowsFor(ada, { ...insert, values: ['undone'] }, divide)).rejects.toMatchObject({ code: '22012' });
    expect((await fixture.admin.query('select t from notes')).rows).toEqual([{ t: 'kept' }]);
  });
});

describe('Thousands of interleaved single-round-trip queries on one pipelined connection', () => {
  let fixture: Fixture;
  let client: pg.Client;

  beforeAll(async () => {
    fixture = await createFixture();
    client = new pg.Client({
      connectionString: fixture.test.serviceUrl,
      pipeline: true,
      options: '-c role=tm_app_ro',
    });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await fixture.close();
  });

  /** Every third query uses a new name, so that a failing query is often its first use. */
  const titlesAt = (n: number): Step => ({ ...titles, name: `test_titles_${Math.floor(n / 3) % 200}` });

  /** Every third query fails deliberately: in the scope, the values or the text of the statement. */
  const failures: readonly ((user: Session, n: number) => [Session, Step, string])[] = [
    (user, n) => [sessionOf(user.userId, randomUUID()), titlesAt(n), '28000'],
    (user, n) => [sessionOf('no-uuid', user.credentialId), titlesAt(n), '22P02'],
    (user) => [user, { name: 'test_zero', text: 'select 1 / $1::int', values: [0] }, '22012'],
    (user, n) => [user, { name: `test_bad_${n}`, text: `select nothing_${n} from tasks`, values: [] }, '42703'],
  ];

  it('get their own results', async () => {
    const users: (Session & { title: string })[] = [];
    for (let n = 0; n < 50; n++) users.push(await fixture.addUser(`user${n}`));
    const wrong: unknown[] = [];
    const ask = async (n: number): Promise<void> => {
      const user = users[(n * 7) % users.length];
      const fail = n % 3 === 0 ? failures[(n / 3) % failures.length] : undefined;
      if (!user) return;
      const good = [
        user,
        { ...titles, name: `test_titles_${n % 7}` },
        JSON.stringify([{ title: user.title }]),
      ] as const;
      const [session, step, expected] = fail ? fail(user, n) : good;
      const answer = await sendInOneRoundTrip(client, [sessionScope(session, 'tm_app_ro'), step]).then(
        (results) => JSON.stringify(results.at(-1)?.rows),
        (error: unknown) => (error as { code?: string }).code,
      );
      if (answer !== expected) wrong.push({ n, expected, answer });
    };
    await Promise.all(Array.from({ length: 6_000 }, (__, n) => ask(n)));
    expect(wrong).toEqual([]);
    const [after] = await sendInOneRoundTrip(client, [settings]);
    expect(after?.rows).toEqual([{ user: '', teams: '', role: 'tm_app_ro' }]);
  });
});
