// The data every measurement runs on: the same rows for the same arguments, so that two runs can be compared.
//
//   import { loadDataset } from './dataset.mjs';
//   await loadDataset(client, { tasks: 1_000_000, users: 10_000, teams: 1_000 });
//
// `client` is a connected pg client of a superuser on a freshly migrated database: the rows are written past triggers
// and foreign keys, and with the secondary indexes dropped and built again, because a million rows take minutes otherwise.
// Teams are numbered 0 to teams - 1 and hold equal shares of the tasks; user u is in three of them (and, like everyone,
// in a personal team, which stays empty). With `largestTeam`, team 0 holds that many tasks instead of its share.

const FIRST_MOMENT = Date.UTC(2025, 0, 1);
const YEAR = 365 * 86_400_000;
const VOCABULARY = 20_000;
const LABELS = ['backend', 'frontend', 'api', 'security', 'database', 'ui', 'docs', 'infra', 'performance', 'research'];

/** Id of the n-th user, of the credential (an API key that never expires) of the n-th user, and of the n-th team. */
export const userId = (n) => plainId('a', n);
export const credentialId = (n) => plainId('b', n);
export const teamId = (n) => plainId('c', n);
/** Id of the n-th of `tasks` tasks: a UUID of version 7 whose time is that of created_at. */
export const taskId = (n, tasks) => {
  const at = (FIRST_MOMENT + n * Math.floor(YEAR / tasks)).toString(16).padStart(12, '0');
  return `${at.slice(0, 8)}-${at.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
};
/** The clear text of the n-th user's API key; the table holds its SHA-256. */
export const apiKey = (n) => `bench-key-${n}`;
/** The word of this rank, 1 being the most frequent: word k fills about 1 in 10 k places of a text. */
export const word = (rank) => vocabulary()[rank - 1];
/** The label of this rank. */
export const label = (rank) => labels()[rank - 1];

function plainId(kind, n) {
  return `${kind}0000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Pronounceable and distinct: the rank written in syllables. */
function vocabulary() {
  const syllables = [...'bdfgklmnprstvz'].flatMap((consonant) => [...'aeiou'].map((vowel) => consonant + vowel));
  const spell = (n) =>
    (n < syllables.length ? '' : spell(Math.floor(n / syllables.length))) + syllables[n % syllables.length];
  return Array.from({ length: VOCABULARY }, (_, rank) => spell(rank + syllables.length));
}

function labels() {
  return Array.from({ length: 100 }, (_, n) => (n < LABELS.length ? LABELS[n] : `label-${n}`));
}

export async function loadDataset(client, { tasks, users, teams, largestTeam = 0 }) {
  await client.query('set session_replication_role = replica');
  await client.query("set maintenance_work_mem = '256MB'");
  try {
    await defineHelpers(client, tasks);
    await loadPeople(client, users, teams);
    const indexes = await dropIndexes(client, 'public.tasks');
    await loadTasks(client, { tasks, teams, largestTeam });
    for (const definition of indexes) await client.query(definition);
  } finally {
    await client.query('reset session_replication_role');
    await client.query('reset maintenance_work_mem');
  }
  await client.query('vacuum (analyze)');
}

/** In a separate schema, so that pgbench scripts can pick a random user or task without a query. */
async function defineHelpers(client, tasks) {
  await client.query(`
    create schema if not exists bench;
    grant usage on schema bench to public;
    create or replace function bench.plain_id(kind text, n bigint) returns uuid language sql immutable parallel safe
      return (kind || '0000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
    create or replace function bench.task_time(n bigint) returns bigint language sql immutable parallel safe
      return ${FIRST_MOMENT} + n * ${Math.floor(YEAR / tasks)};
    create or replace function bench.task_id(n bigint) returns uuid language sql immutable parallel safe
      return (lpad(to_hex(bench.task_time(n)), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid;
    -- A number in [0, 1) that looks random and is always the same for n and salt.
    create or replace function bench.noise(n bigint, salt int) returns double precision language sql immutable parallel safe
      return (hashint8extended(n, salt) & 2147483647) / 2147483648.0;
    grant execute on all functions in schema bench to public`);
}

async function loadPeople(client, users, teams) {
  await client.query(
    `insert into public.users (id, username, email, name, role_id)
     select bench.plain_id('a', n), 'user' || n, 'user' || n || '@example.com', 'User ' || n,
            (select id from public.user_roles where role_name = 'developer')
     from generate_series(0, $1 - 1) n`,
    [users],
  );
  await client.query(
    `insert into public.api_keys (id, user_id, name, prefix, key_hash)
     select bench.plain_id('b', n), bench.plain_id('a', n), 'bench', 'tm_bench', sha256(convert_to('bench-key-' || n, 'UTF8'))
     from generate_series(0, $1 - 1) n`,
    [users],
  );
  await client.query(
    `insert into public.teams (id, name, owner_id, is_personal)
     select bench.plain_id('c', n), 'Team ' || n, bench.plain_id('a', n % $1), false
     from generate_series(0, $2 - 1) n
     union all
     select bench.plain_id('d', n), 'User ' || n, bench.plain_id('a', n), true
     from generate_series(0, $1 - 1) n`,
    [users, teams],
  );
  await client.query(
    `insert into public.team_members (team_id, user_id, role)
     select distinct bench.plain_id('c', (n + place * greatest($2 / 3, 1)) % $2), bench.plain_id('a', n), 'member'
     from generate_series(0, $1 - 1) n, generate_series(0, 2) place
     union all
     select bench.plain_id('d', n), bench.plain_id('a', n), 'owner'
     from generate_series(0, $1 - 1) n`,
    [users, teams],
  );
  await client.query(
    `insert into public.projects (id, team_id, project_key, name)
     select bench.plain_id('e', n), bench.plain_id('c', n), 'main', 'Main'
     from generate_series(0, $1 - 1) n`,
    [teams],
  );
  await client.query(
    `insert into public.task_lists (team_id, project_key, list, next_ref)
     select bench.plain_id('c', n), 'main', 'master', 1000000000
     from generate_series(0, $1 - 1) n`,
    [teams],
  );
}

/** Drops the indexes that back no constraint and answers how to build them again. */
async function dropIndexes(client, table) {
  const { rows } = await client.query(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i
     where i.indrelid = $1::regclass
       and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))`,
    [table],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}

/**
 * Word and label ranks are log-uniform, which is close to how often words occur in real text (Zipf).
 * name[], because an element of an array of fixed-width values is found without walking the array.
 */
async function loadTasks(client, { tasks, teams, largestTeam }) {
  const pick = (salt) => `($1::name[])[power(${VOCABULARY}, bench.noise(n, ${salt}))::int]::text`;
  const text = (from, count) => Array.from({ length: count }, (_, place) => pick(from + place)).join(" || ' ' || ");
  const tag = (salt) => `($2::name[])[power(100, bench.noise(n, ${salt}))::int]::text`;
  await client.query(
    `insert into public.tasks (id, team_id, project_key, list, ref, title, description, status, priority, tags,
                               assignee_id, created_by, estimated_hours, due_date, created_at, updated_at, completed_at)
     select bench.task_id(n), bench.plain_id('c', team), 'main', 'master', (n + 1)::text,
            ${text(1, 4)},
            ${text(5, 14)},
            status, (bench.noise(n, 30) * 11)::int % 11,
            case (bench.noise(n, 31) * 4)::int % 4
              when 0 then '[]'
              when 1 then jsonb_build_array(${tag(32)})
              when 2 then jsonb_build_array(${tag(32)}, ${tag(33)})
              else jsonb_build_array(${tag(32)}, ${tag(33)}, ${tag(34)})
            end,
            case when n % 3 = 0 then bench.plain_id('a', team) end,
            bench.plain_id('a', team), (bench.noise(n, 35) * 40)::numeric(8, 2),
            case when n % 2 = 0 then moment + interval '14 days' end,
            moment, moment, case when status = 'completed' then moment + interval '1 day' end
     from (
       select n,
              case when $5 > 0 and n % greatest($3 / greatest($5, 1), 1) = 0 and n / greatest($3 / greatest($5, 1), 1) < $5 then 0
                   when $5 > 0 then 1 + (bench.noise(n, 40) * ($4 - 1))::int % greatest($4 - 1, 1)
                   else n % $4
              end as team,
              to_timestamp(bench.task_time(n) / 1000.0) as moment,
              (array['pending', 'pending', 'pending', 'in_progress', 'completed', 'completed', 'completed', 'completed',
                     'failed', 'cancelled'])[1 + (bench.noise(n, 41) * 10)::int % 10] as status
       from generate_series(0, $3::bigint - 1) n
     ) t`,
    [vocabulary(), labels(), tasks, teams, largestTeam],
  );
}
