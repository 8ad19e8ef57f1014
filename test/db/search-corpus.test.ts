import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { TaskLists, taskListRules } from '../../src/modules/tasks/task-lists.service.js';
import { TaskPlaces } from '../../src/modules/tasks/task-places.service.js';
import type { Session } from '../../src/platform/auth/session.js';
import { MIGRATIONS_FOLDER } from '../../src/platform/database/migration-files.js';
import { parseList } from '../../src/platform/schema/list-query.js';
import { createFixture } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';
import { findMismatches, searchCorpus, searchWith } from './search-corpus.js';

const FUNCTIONS = ['fold_text', 'grapheme_clusters', 'search_tokens', 'search_vector', 'search_phrase', 'search_query'];

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

/*
 * Seen to fail: each rule of the functions was taken away, one at a time, and named by queries of the corpus: both forms of
 * Unicode, the marks that go and those that stay, letters without a decomposition, the article of Arabic, the parts and the
 * whole of a name, clusters, the last cluster of a run, positions, phrases, exclusions, alternatives and prefixes.
 */
describe('A search of tasks', () => {
  let session: Session;
  let lists: TaskLists;

  const addTasks = (titles: readonly string[]): Promise<unknown> =>
    fixture.admin.query(
      `insert into public.tasks (team_id, title)
select t.id, title
from public.teams t
cross join unnest($2::text[]) title
where t.owner_id = $1
  and t.is_personal`,
      [session.userId, titles],
    );

  const search = async (q: string): Promise<string[]> => {
    const { page } = await lists.list(session, parseList(taskListRules, { q, fields: 'title', limit: '100' }));
    return (JSON.parse(`[${page.data}]`) as { title: string }[]).map(({ title }) => title);
  };

  beforeAll(async () => {
    session = await fixture.addUser('reader');
    const database = await fixture.open();
    lists = new TaskLists(database, new TaskPlaces(database));
    await addTasks(searchCorpus.titles);
  });

  it('is held to at least 200 pairs of a query and a title', () => {
    expect(searchCorpus.pairs).toBeGreaterThanOrEqual(200);
    expect(new Set(searchCorpus.titles).size).toBe(searchCorpus.titles.length);
  });

  it('finds the words that a reader sees in a title, and nothing else', async () => {
    expect(await findMismatches(search)).toEqual([]);
  }, 60_000);

  it('finds the same through the index, when there are more tasks than it looks at first', async () => {
    await addTasks(Array.from({ length: 1_100 }, () => 'filler'));
    expect(await findMismatches(search)).toEqual([]);
  }, 60_000);
});

// Seen to fail: with lower() alone, capitals of Cyrillic, Greek and Armenian were not found there: 13 queries.
describe('A server whose locale knows no letter beyond ASCII', () => {
  it('finds the same', async () => {
    const name = `tm_${randomBytes(8).toString('hex')}`;
    await fixture.admin.query(`create database ${name} template template0 locale_provider libc locale 'C'`);
    const client = new pg.Client({ connectionString: fixture.test.url.replace(/[^/]+$/, name) });
    await client.connect();
    try {
      await client.query('create schema app');
      for (const file of FUNCTIONS)
        await client.query(await readFile(join(MIGRATIONS_FOLDER, 'functions', `${file}.sql`), 'utf8'));
      expect(await findMismatches(await searchWith(client))).toEqual([]);
    } finally {
      await client.end();
      await fixture.admin.query(`drop database ${name}`);
    }
  }, 60_000);
});
