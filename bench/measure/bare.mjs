import { check } from '../harness/check.mjs';
import { compare, interleave } from '../harness/pairs.mjs';
import { transaction } from '../harness/pgbench.mjs';
import { sampleBare, sampleLimit, sampleServer } from '../harness/sample.mjs';
import { listRequests, pgbenchChoice, pointRequests, randomChoice, TASK, TEAM } from '../people.mjs';
import { serviceTransaction, SOME_TASK } from '../transactions.mjs';
import { NEW_TASK, PATCH } from './cases.mjs';
import { createRequests, updateRequests } from './writes.mjs';

/**
 * Bare PostgreSQL: the least SQL that gives the same values as plain columns, or keeps the same row, with the filter of an
 * application. No session, no policies, no triggers and no foreign keys; the same table and the same indexes. Unlike
 * pgbench of the service's own statement, it shows what that statement costs.
 */
export async function measureBare(world) {
  const database = await world.database('main', world.options.size.main);
  const service = await world.service(database);
  const results = [];
  for (const one of await casesOf(world, database)) {
    await checkRows(database, one);
    const bare = transaction({
      sets: pgbenchChoice(database.size),
      choose: () => randomChoice(database.size),
      statements: [{ text: one.bare, values: [] }],
    });
    const fresh = (sample) => async () => {
      await one.reset?.();
      return sample();
    };
    const rates = await interleave(
      world.options.repetitions,
      fresh(() => sampleServer(world, service, one.requests)),
      fresh(() => sampleBare(world, database, bare)),
    );
    const costs = await interleave(
      world.options.repetitions,
      fresh(() => costOf(world, database, service, one)),
      fresh(() => sampleBare(world, database, bare, 1)),
    );
    results.push(
      compare(`bare ${one.name}: PostgreSQL CPU${one.statement ? '' : ', through REST'}`, 'us', costs, 'postgres'),
      compare(
        `bare ${one.name}: time of one connection${one.statement ? '' : ', through REST'}`,
        'ms',
        costs,
        'average',
      ),
      compare(`REST ${one.name} / bare PostgreSQL`, 'requests/s', rates, 'rate'),
    );
  }
  return results;
}

/** What the service's statement costs from pgbench; where it sends several, what a request costs. */
async function costOf(world, database, service, { statement, role, requests }) {
  if (statement === undefined) {
    const sample = await sampleServer(world, service, requests, 1);
    return { ...sample, average: 1_000 / sample.rate };
  }
  const work = serviceTransaction(database.size, world.statements.scope, statement, role);
  return sampleLimit(world, database, work, { role, readOnly: role === 'tm_app_ro', connections: 1 });
}

/** Creates come last, because they make the teams larger. */
async function casesOf({ statements }, { size, admin }) {
  const columns = (await publicColumns(admin)).join(', ');
  const third = Math.max(Math.floor(size.teams / 3), 1);
  const teams = [0, 1, 2].map((place) => `bench.plain_id('c', (:u + ${place} * ${third}) % ${size.teams})`).join(', ');
  const own = `team_id = any(array[${teams}])`;
  const one = `id = ${TASK} and ${own} and deleted_at is null`;
  const reopen = () => reopenTasks(admin, size);
  return [
    {
      name: 'point',
      role: 'tm_app_ro',
      statement: await statements.get(SOME_TASK),
      requests: pointRequests(size),
      bare: `select ${columns} from public.tasks where ${one}`,
    },
    {
      name: 'page of 20 of 3 teams',
      role: 'tm_app_ro',
      statement: await statements.list({ total: 'false', limit: '20', status: 'pending' }),
      requests: listRequests(size, '').map(({ headers }) => ({
        method: 'GET',
        path: '/api/v1/tasks?status=pending&total=false&limit=20',
        headers,
      })),
      bare: `with page as (
  select k.id
  from unnest(array[${teams}]) g (id)
  cross join lateral (
    select t.id, t.created_at
    from public.tasks t
    where t.team_id = g.id and t.status = 'pending' and t.deleted_at is null
    order by t.created_at desc, t.id desc
    limit 21
  ) k
  order by k.created_at desc, k.id desc
  limit 21
)
select ${columns} from page join public.tasks using (id)`,
    },
    {
      name: 'update',
      role: 'tm_app_rw',
      statement: await statements.patch(SOME_TASK, PATCH),
      requests: updateRequests(size),
      bare: `update public.tasks set priority = ${PATCH.priority}, version = version + 1, updated_at = now() where ${one}`,
    },
    {
      name: 'complete',
      requests: pointRequests(size, 'POST').map(({ path, headers }) => ({
        method: 'POST',
        path: `${path}/complete`,
        headers,
      })),
      bare: `update public.tasks
set status = 'completed', completed_at = now(), version = version + 1, updated_at = now()
where ${one}`,
      reset: reopen,
    },
    {
      name: 'claim',
      requests: claimRequests(size),
      bare: `with best as (
  select t.team_id, t.id
  from public.tasks t
  where t.team_id = ${TEAM} and t.status = 'pending' and t.stage is null and t.open_dependencies = 0
    and t.deleted_at is null
  order by t.priority desc, t.created_at, t.id
  limit 1
  for no key update skip locked
), lease as (
  insert into public.task_leases (team_id, task_id, holder_id, lease_seconds, claimed_at, heartbeat_at, expires_at)
  select team_id, id, bench.plain_id('a', :u), 900, now(), now(), now() + interval '15 minutes' from best
)
update public.tasks t
set status = 'in_progress', assignee_id = bench.plain_id('a', :u), started_at = now(), version = t.version + 1,
    updated_at = now()
from best
where t.id = best.id
returning t.id`,
      reset: reopen,
    },
    {
      name: 'create',
      role: 'tm_app_rw',
      statement: await statements.create(NEW_TASK),
      requests: createRequests(size),
      bare: `insert into public.tasks (team_id, title, description, priority, created_by)
values (${TEAM}, '${NEW_TASK.title}', '${NEW_TASK.description}', ${NEW_TASK.priority}, bench.plain_id('a', :u))`,
    },
  ];
}

/** The columns that answers are made of. */
async function publicColumns(admin) {
  const { rows } = await admin.query(
    `select a.attname as name
     from pg_attribute a
     where a.attrelid = 'public.tasks'::regclass
       and a.attnum > 0
       and not a.attisdropped
       and a.attname not in ('search', 'source', 'next_child', 'ref_path')
     order by a.attnum`,
  );
  return rows.map(({ name }) => name);
}

/** A claim for each user in each of their teams. */
const claimRequests = (size) =>
  createRequests(size).map(({ body, ...request }) => ({
    ...request,
    path: '/api/v1/tasks/claim',
    body: JSON.stringify({ teamId: JSON.parse(body).teamId, projectKey: 'main' }),
  }));

/** Makes the tasks that requests ask for pending again, and ends the leases, past every trigger. */
async function reopenTasks(admin, size) {
  const ids = pointRequests(size).map(({ id }) => id);
  await admin.query('begin');
  await admin.query('set local session_replication_role = replica');
  await admin.query(
    `update public.tasks t
     set status = 'pending', completed_at = null, started_at = null
     where t.id = any($1) or t.id in (select l.task_id from public.task_leases l)`,
    [ids],
  );
  await admin.query('delete from public.task_leases');
  await admin.query('commit');
}

/** The bare statement finds the rows that the service answers. */
async function checkRows({ admin, size }, { name, bare, reset }) {
  await reset?.();
  const { u, team, n } = randomChoice(size);
  const text = bare.replaceAll(':u', u).replaceAll(':team', team).replaceAll(':n', n);
  await admin.query('begin');
  try {
    await admin.query('set local session_replication_role = replica');
    const { rowCount } = await admin.query(text);
    check(rowCount > 0, `the bare statement of ${name} finds nothing`);
  } finally {
    await admin.query('rollback');
  }
}
