// Two teams whose last thirty days are alike, and whose histories before are not: the ratio of what a figure costs in the
// two is what it costs to have a history. Written past triggers, like the data set itself; what the triggers of 012 would
// have counted is added up from the rows, as its migration does.
import { teamId } from './dataset.mjs';

/** What both teams did in the window. */
const RECENT = 2_000;
const ERRORS = 500;

const teams = [teamId(0), teamId(1)];

/** @param histories rows of history of team 0 and of team 1 */
export async function loadHistories(client, histories) {
  const { rows } = await client.query('select exists (select from public.task_flow) as filled');
  if (rows[0].filled) return;
  await client.query('set session_replication_role = replica');
  try {
    for (const [place, team] of teams.entries()) {
      await recentTasks(client, team, place);
      await validations(client, team, histories[place]);
      await errors(client, team, histories[place]);
    }
    await client.query(`
      insert into public.task_flow_deltas (team_id, project_key, assignee_id, type, priority, moment, from_status, to_status, n)
      select t.team_id, t.project_key, t.assignee_id, t.type, t.priority, app.quarter_hour(s.moment), s.from_status, s.to_status, count(*)
      from public.tasks t
      cross join lateral app.steps_of_new_task(t) s
      group by 1, 2, 3, 4, 5, 6, 7, 8`);
    await client.query(`select set_config('app.system_reason', 'bench', false), app.fold_task_flow()`);
  } finally {
    await client.query('reset session_replication_role');
  }
  await client.query('vacuum (analyze)');
}

/** Half of them completed after a day, an eighth in progress. */
async function recentTasks(client, team, place) {
  await client.query(
    `insert into public.tasks (team_id, title, status, priority, project_key, list, ref, created_at, updated_at, started_at, completed_at)
     select $1, 'recent', s.status, n % 11, 'main', 'master', (900000000 + $3 * 1000000 + n)::text, m.created,
            m.created + interval '1 day',
            case when s.status <> 'pending' then m.created + interval '6 hours' end,
            case when s.status = 'completed' then m.created + interval '1 day' end
     from generate_series(1, $2::int) n
     cross join lateral (select now() - interval '29 days' + n * interval '28 days' / $2::int) m (created)
     cross join lateral (select case when n % 2 = 0 then 'completed' when n % 8 = 1 then 'in_progress' else 'pending' end) s (status)`,
    [team, RECENT, place],
  );
  // Only what is recent is open: the age of open tasks costs what is open, in either team.
  await client.query(
    `update public.tasks set status = 'completed', completed_at = created_at + interval '1 day', stage = null
     where team_id = $1 and title <> 'recent' and status in ('pending', 'in_progress')`,
    [team],
  );
}

async function validations(client, team, history) {
  await client.query(
    `insert into public.validation_results (team_id, task_id, validation_type, validation_status, execution_time_ms, commit_sha, created_at)
     select $1, t.id, case when n % 3 = 0 then 'testing' else 'style' end, case when n % 5 = 0 then 'failed' else 'passed' end,
            n % 5000, substr(md5((n % 997)::text), 1, 8),
            case when n <= $3::int then now() - interval '29 days' + n * interval '28 days' / $3::int
                 else now() - interval '60 days' - (n - $3::int) * interval '1000 days' / $2::int end
     from (select id from public.tasks where team_id = $1 and title = 'recent' limit 1) t, generate_series(1, $2::int + $3::int) n`,
    [team, history, RECENT],
  );
}

/** The same errors in both; how many quarters of an hour each of them has counts for differs. */
async function errors(client, team, history) {
  await client.query(
    `insert into public.error_logs (team_id, error_code, error_category, error_severity, error_message, fingerprint,
                                    resolution_status, first_occurred_at, last_occurred_at)
     select $1, 'E' || n % 20, 'bench', 'error', 'm', 'bench ' || n, case when n % 2 = 0 then 'resolved' else 'unresolved' end,
            now() - interval '1100 days', now()
     from generate_series(1, $2::int) n`,
    [team, ERRORS],
  );
  await client.query(
    `insert into public.error_hourly_counts (team_id, error_id, hour, occurrence_count)
     select e.team_id, e.id, app.quarter_hour(case when n <= $4::int / $3::int then now() - n * interval '6 days'
                                                   else now() - interval '60 days' - n * interval '30 minutes' end), 1
     from public.error_logs e
     cross join generate_series(1, ($2::int + $4::int) / $3::int) n
     where e.team_id = $1
       and e.error_category = 'bench'
     on conflict do nothing`,
    [team, history, ERRORS, RECENT],
  );
}
