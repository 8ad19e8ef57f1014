import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Swarm } from './swarm.js';
import { thoroughness } from '../support/thoroughness.js';

/**
 * 64 agents in 8 processes complete tasks over HTTP. A quarter is killed with `kill -9`; some of the others abandon
 * their claims and write after the lease has expired. Every task must be finished exactly once, no write under an
 * expired lease may be accepted, and the tasks of dead agents must be claimable within one second after their leases
 * expire. The test judges by PostgreSQL's own clock: a claim that found nothing must not have begun more than a second
 * after the expiry of a lease that was still open when the claim ended. A slow machine therefore causes no failure.
 * Seen to fail: the last test removes the lease check and the return of expired tasks from the database; late writes
 * are then accepted, and claims that miss the tasks of dead agents are found.
 */
const TASKS = thoroughness.claimedTasks;
const PROCESSES = 8;
const AGENTS_EACH = 8;
const KILLED = 2;
/** Far longer than a response takes on a busy machine, so that no live agent loses its lease. */
const LEASE_SECONDS = 10;
const FORGETFUL = 0.02;

let app: TestApp;
let user: TestUser;

async function addProject(key: string): Promise<void> {
  await app.sql(`insert into public.projects (team_id, project_key, name) values ($1, $2, $2)`, [user.teamId, key]);
  await app.sql(`insert into public.task_lists (team_id, project_key) values ($1, $2)`, [user.teamId, key]);
}

async function addTasks(key: string, first: number, last: number): Promise<void> {
  await app.sql(
    `insert into public.tasks (team_id, project_key, list, ref, title, priority)
select $1, $2, 'master', n::text, 'task ' || n, n % 11 from generate_series($3::int, $4::int) n`,
    [user.teamId, key, first, last],
  );
}

/** Records every state of every lease, and the start and end of every claim that found nothing. */
const WITNESS = `
create table public.lease_log as select l.*, t.project_key from public.task_leases l cross join public.tasks t limit 0;
create function public.log_lease() returns trigger language plpgsql security definer as $$
begin
  insert into public.lease_log select new.*, t.project_key from public.tasks t where t.id = new.task_id;
  return null;
end $$;
create trigger log_lease after insert or update on public.task_leases for each row execute function public.log_lease();

create table public.empty_claims (project_key text, began_at timestamptz, ended_at timestamptz);
create function public.log_empty_claim(p_project_key text, p_began_at timestamptz) returns void
language sql security definer as
  'insert into public.empty_claims values (p_project_key, p_began_at, clock_timestamp())';
alter function app.claim_task(uuid, text, text, jsonb, integer) rename to claim_task_unseen;
create function app.claim_task(p_team_id uuid, p_project_key text, p_list text, p_filter jsonb, p_seconds integer)
returns uuid language plpgsql as $$
declare
  v_began_at constant timestamptz := clock_timestamp();
  v_id constant uuid := app.claim_task_unseen(p_team_id, p_project_key, p_list, p_filter, p_seconds);
begin
  if v_id is null then
    perform public.log_empty_claim(p_project_key, v_began_at);
  end if;
  return v_id;
end $$;`;

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
  await addProject('swarm');
  await addTasks('swarm', 1, TASKS);
  await app.sql(WITNESS);
});

afterAll(() => app.close());

async function openTasks(): Promise<number> {
  const [row] = await app.sql<{ n: number }>(
    `select count(*)::int as n from public.tasks where project_key = 'swarm' and status <> 'completed'`,
  );
  return row?.n ?? 0;
}

/** Claims that found nothing over a second after a lease had expired, and the number of expired leases. */
async function missed(projectKey: string): Promise<{ missed: number; expired: number }> {
  const [row] = await app.sql<{ missed: number; expired: number }>(
    `with lease as (
  select task_id, fence, max(expires_at) as expires_at, coalesce(max(ended_at), 'infinity') as ended_at
  from public.lease_log
  where project_key = $1
  group by task_id, fence
)
select
  (select count(*)::int from lease l where l.ended_at >= l.expires_at) as expired,
  (
    select count(*)::int
    from public.empty_claims c
    where c.project_key = $1
      and exists (
        select from lease l where l.expires_at + interval '1 second' < c.began_at and l.ended_at > c.ended_at
      )
  ) as missed`,
    [projectKey],
  );
  return row ?? { missed: -1, expired: -1 };
}

describe('64 agents', () => {
  it('finish every task exactly once although a quarter of them is killed', async () => {
    const swarm = new Swarm(app, user, 'swarm', LEASE_SECONDS, FORGETFUL);
    try {
      swarm.start(PROCESSES, AGENTS_EACH);
      for (let n = 1; n <= KILLED; n += 1) {
        await swarm.until(() => swarm.count('completed') >= n * TASKS * 0.3);
        await swarm.kill(1);
      }
      while ((await openTasks()) > 0) await swarm.nextIdle();
    } finally {
      await swarm.stop();
    }
    expect(swarm.trouble).toBe('');
    const completions = await app.sql<{ n: number }>(
      `select count(*)::int as n
from public.audit_logs
where table_name = 'tasks'
  and new_values ->> 'project_key' = 'swarm'
  and new_values ->> 'status' = 'completed'
  and old_values ? 'status'
group by record_id`,
    );
    expect(completions.length).toBe(TASKS);
    expect(completions.filter(({ n }) => n !== 1)).toEqual([]);
    expect(swarm.count('late refused')).toBeGreaterThan(0);
    expect(swarm.count('late accepted')).toBe(0);
    expect([...swarm.codes]).toEqual(['LEASE_LOST']);
  }, 180_000);

  it('never hold a task twice at a time, nor a fence twice', async () => {
    const twice = await app.sql(
      `select task_id, fence from public.lease_log group by task_id, fence having count(distinct claimed_at) <> 1`,
    );
    expect(twice).toEqual([]);
    const overlapping = await app.sql(
      `select later.task_id
from public.lease_log later
join public.lease_log earlier
  on earlier.task_id = later.task_id
  and earlier.fence = later.fence - 1
group by later.task_id, later.fence
having min(later.claimed_at) < least(max(earlier.expires_at), coalesce(max(earlier.ended_at), 'infinity'))`,
    );
    expect(overlapping).toEqual([]);
  });

  it('complete nothing after the lease has expired', async () => {
    const [found] = await app.sql<{ n: number; late: number }>(
      `select count(*)::int as n, count(*) filter (where t.completed_at >= l.expires_at)::int as late
from public.tasks t
join public.task_leases l on l.team_id = t.team_id and l.task_id = t.id
where t.project_key = 'swarm'`,
    );
    expect(found).toEqual({ n: TASKS, late: 0 });
  });

  it('claim the tasks of dead agents within their lease plus a second', async () => {
    const found = await missed('swarm');
    expect(found.expired).toBeGreaterThan(0);
    expect(found.missed).toBe(0);
  });
});

describe('the harness', () => {
  it('detects late writes and missed tasks when leases are not checked', async () => {
    await app.sql(`create or replace function app.hold_lease(p_task_id uuid, p_fence bigint) returns boolean
language sql as 'select true'`);
    await app.sql(`create or replace function app.return_expired_tasks() returns void
language sql as 'select null::void'`);
    await addProject('planted');
    await addTasks('planted', 1, 8);
    const dead = new Swarm(app, user, 'planted', 5, 1);
    dead.start(1, AGENTS_EACH);
    await dead.nextIdle();
    await dead.stop();
    await addTasks('planted', 9, 16);
    const swarm = new Swarm(app, user, 'planted', 5, 1);
    let found = { missed: 0, expired: 0 };
    try {
      swarm.start(1, AGENTS_EACH);
      while (found.missed === 0 || swarm.count('late accepted') === 0) {
        await swarm.nextIdle();
        found = await missed('planted');
      }
    } finally {
      await swarm.stop();
    }
    expect(swarm.count('late refused')).toBe(0);
  }, 60_000);
});
