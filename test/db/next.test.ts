import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

/**
 * `next` follows the order of tasks.json: each fixture is a file and the number that comes next.
 * Seen to fail: exactly one rule decides each fixture, and all were written before the function, so a missing rule
 * fails its own fixture.
 */
interface Fixture {
  readonly why: string;
  readonly file: unknown;
  readonly next: string | null;
}

const folder = new URL('../fixtures/next/', import.meta.url);
const fixtures = readdirSync(folder)
  .sort()
  .map((name): [string, Fixture] => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture]);

let app: TestApp;
let ada: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user();
  client = new Client(app.url, ada);
});

afterAll(async () => {
  await app.close();
});

describe('next', () => {
  it.each(fixtures)('%s', async (name, { file, next }) => {
    const key = `n${name.slice(0, 2)}`;
    await client.post('/projects', { projectKey: key, name });
    const imported = await client.post(`/projects/${key}/import`, file);
    expect(imported.status).toBe(200);
    const { body } = await client.get<{ ref: string }[]>(`/tasks/next?projectKey=${key}&list=master`);
    expect(body.data[0]?.ref ?? null).toBe(next);
  });

  it('counts dependencies correctly through every kind of change', async () => {
    const [wrong] = await app.sql<{ n: number }>(
      `select count(*)::int as n
from public.tasks t
where t.dependency_count <> (select count(*) from public.task_dependencies d where d.child_task_id = t.id)
   or t.open_dependencies <> (
     select count(*)
     from public.task_dependencies d
     join public.tasks p on p.id = d.parent_task_id
     where d.child_task_id = t.id and p.status <> 'completed' and p.deleted_at is null
   )`,
    );
    expect(wrong?.n).toBe(0);
  });

  it('keeps the counters correct under concurrent completions, reopenings, deletions and restorations', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, n) => client.post<{ id: string }>('/tasks', { title: `t${n}` })),
    );
    const ids = made.map((reply) => reply.body.data.id);
    const dependants = ids.slice(0, 4);
    await app.sql(
      `insert into public.task_dependencies (team_id, parent_task_id, child_task_id)
select $1, p, c from unnest($2::uuid[]) p, unnest($3::uuid[]) c`,
      [ada.teamId, ids.slice(4), dependants],
    );
    const words = ['completed', 'pending', 'completed', 'in_progress', 'completed'];
    await Promise.all(
      ids.slice(4).map(async (id, index) => {
        for (const status of words) await client.patch(`/tasks/${id}`, { status });
        if (index % 2 === 0) await client.delete(`/tasks/${id}`);
        if (index % 4 === 0) await client.post(`/tasks/${id}/restore`);
      }),
    );
    const rows = await app.sql<{ total: number; open: number; version: number }>(
      `select dependency_count as total, open_dependencies as open, version from public.tasks where id = any($1::uuid[])`,
      [dependants],
    );
    expect(rows).toEqual(Array(4).fill({ total: 8, open: 0, version: 1 }));
  });
});
