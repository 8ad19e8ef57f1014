import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TestDatabase } from '../support/database.js';
import { createTestDatabase } from '../support/database.js';

/**
 * Columns and indexes that the TaskFlow and TaskMaster Cloud documents name and the main document (document.test.ts)
 * does not. Types are ours: a due date has a time of day, a status is text with a check.
 */
const COLUMNS: Readonly<Record<string, string>> = {
  'users.name': 'character varying(100) not null',
  'users.email_verified': 'boolean not null default false',
  'teams.name': 'character varying(100) not null',
  'teams.owner_id': 'uuid not null',
  'teams.created_at': 'timestamp with time zone not null default now()',
  'team_members.role': `character varying(20) not null default 'member'::character varying`,
  'team_members.joined_at': 'timestamp with time zone not null default now()',
  'tasks.team_id': 'uuid not null',
  'tasks.created_by': 'uuid',
  'tasks.assignee_id': 'uuid',
  'tasks.due_date': 'timestamp with time zone',
  'tasks.remind_at': 'timestamp with time zone',
  'tasks.recurrence_pattern': `character varying(20) not null default 'none'::character varying`,
  'tasks.recurrence_interval': 'integer not null default 1',
  'tasks.next_occurrence': 'timestamp with time zone',
  'tasks.deleted_at': 'timestamp with time zone',
  'tasks.tags': `jsonb not null default '[]'::jsonb`,
  'tags.name': 'character varying(50) not null',
  'tags.color': 'character varying(7)',
  'tags.created_at': 'timestamp with time zone not null default now()',
  'task_comments.task_id': 'uuid not null',
  'task_comments.user_id': 'uuid',
  'task_comments.content': 'text not null',
  'task_comments.created_at': 'timestamp with time zone not null default now()',
  'audit_logs.id': 'uuid not null default app.new_id()',
  'audit_logs.user_id': 'uuid',
  'audit_logs.record_id': 'uuid',
  'audit_logs.occurred_at': 'timestamp with time zone not null default clock_timestamp()',
};

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'team_members.role': ['owner', 'admin', 'member'],
  'tasks.recurrence_pattern': ['none', 'daily', 'weekly', 'monthly'],
};

/** Primary keys and foreign keys; those within a tenant name the team as well. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  tasks: ['PRIMARY KEY (id)', 'FOREIGN KEY (team_id) REFERENCES teams(id)'],
  teams: ['PRIMARY KEY (id)', 'FOREIGN KEY (owner_id) REFERENCES users(id)'],
  team_members: [
    'PRIMARY KEY (team_id, user_id)',
    'FOREIGN KEY (team_id) REFERENCES teams(id) ON DELETE CASCADE',
    'FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE',
  ],
  task_comments: [
    'FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL',
    'FOREIGN KEY (team_id, task_id) REFERENCES tasks(team_id, id) ON DELETE CASCADE',
  ],
  tags: ['PRIMARY KEY (id)', 'FOREIGN KEY (team_id) REFERENCES teams(id) ON DELETE CASCADE'],
  users: ['PRIMARY KEY (id)', 'FOREIGN KEY (role_id) REFERENCES user_roles(id)'],
};

// A tenant-first index serves the row-level security policy too; reminders are due across tenants.
const INDEXES: readonly string[] = [
  'tasks (team_id, project_key, list, ref)',
  'tasks (team_id, created_at, id)',
  'tasks (team_id, project_key, status, created_at, id)',
  'tasks (team_id, assignee_id, created_at, id)',
  'tasks (team_id, due_date)',
  'tasks (team_id, deleted_at)',
  'tasks (remind_at)',
  'audit_logs (user_id, occurred_at)',
];

describe('the schema of the other documents', () => {
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

  it.each(Object.entries(COLUMNS))('has %s', async (name, definition) => {
    const { rows } = await client.query<{ definition: string }>(
      `select concat(
  format_type(a.atttypid, a.atttypmod),
  case when a.attnotnull then ' not null' end,
  ' default ' || pg_get_expr(d.adbin, d.adrelid)) as definition
from pg_attribute a
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass('public.' || split_part($1, '.', 1))
  and a.attname = split_part($1, '.', 2)`,
      [name],
    );
    expect(rows).toEqual([{ definition }]);
  });

  it.each(Object.entries(VALUES))('%s accepts exactly the named values', async (name, values) => {
    const { rows } = await client.query<{ definition: string }>(
      'select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1',
      [`${name.replace('.', '_')}_check`],
    );
    expect([...(rows[0]?.definition ?? '').matchAll(/'([a-z]+)'/g)].map(([, value]) => value)).toEqual(values);
  });

  it.each(Object.entries(KEYS))('has the keys of %s', async (table, keys) => {
    const { rows } = await client.query<{ definition: string }>(
      `select pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = to_regclass($1)`,
      [`public.${table}`],
    );
    expect(rows.map(({ definition }) => definition)).toEqual(expect.arrayContaining([...keys]));
  });

  it.each(INDEXES)('has an index on %s', async (index) => {
    const { rows } = await client.query<{ columns: string }>(
      `select format('%s (%s)', i.indrelid::regclass, string_agg(a.attname, ', ' order by k.position)) as columns
from pg_index i
cross join unnest(i.indkey::int2[]) with ordinality k (attnum, position)
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
where i.indisvalid
  and k.position <= i.indnkeyatts
group by i.indexrelid, i.indrelid`,
    );
    expect(rows.map(({ columns }) => columns)).toContain(index);
  });
});
