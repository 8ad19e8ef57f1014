import pg from 'pg';
import { loadHistories } from '../analytics-history.mjs';
import { teamId } from '../dataset.mjs';
import { compare, interleave, median, result } from '../harness/pairs.mjs';
import { sampleLimit } from '../harness/sample.mjs';
import { sessionOf } from '../people.mjs';
import { serviceTransaction, SOME_TASK } from '../transactions.mjs';
import { urlOf } from '../world.mjs';
import { writeCases } from './cases.mjs';

const LARGE = teamId(0);
const SMALL = teamId(1);
const RUNS = 7;
const TRIGGERS = ['tasks_flow_insert', 'tasks_flow_update', 'tasks_flow_delete'];

/**
 * What a history costs the figures of the last thirty days, and what counting costs every write. The statements are the
 * service's own: it runs on a stub of Database that records and executes what it sends.
 */
export async function measureAnalytics(world) {
  return [...(await growth(world)), ...(await writes(world))];
}

async function growth(world) {
  const large = Math.min(world.options.size.main.tasks, 1_000_000);
  const histories = [large, Math.max(large / 100, 100)];
  const size = { tasks: histories[0] + histories[1], users: 10, teams: 2, largestTeam: histories[0] };
  const database = await world.database('history', size);
  await loadHistories(database.admin, histories);
  const client = new pg.Client({ connectionString: urlOf(database.login), options: '-c role=tm_analytics' });
  await client.connect();
  try {
    const found = [];
    for (const { name, ask } of await questions(world)) {
      const samples = await interleave(
        RUNS,
        () => timesOf(client, world, ask, LARGE),
        () => timesOf(client, world, ask, SMALL),
      );
      for (const statement of Object.keys(samples.ours[0]))
        found.push(
          compare(
            `analytics of ${name}, ${statement}: ${histories[0] / 1_000} k of history / ${histories[1] / 1_000} k`,
            'ms',
            samples,
            statement,
          ),
        );
      const all = (side) => median(samples[side].map((one) => Object.values(one).reduce((sum, ms) => sum + ms, 0)));
      found.push(result(`analytics of ${name}, all of it`, 'ms', all('ours'), all('baseline')));
    }
    return found;
  } finally {
    await client.end();
  }
}

async function questions(world) {
  const { TaskAnalyticsService } = await world.built('modules/analytics/task-analytics.service.js');
  const { ValidationAnalyticsService } = await world.built('modules/analytics/validation-analytics.service.js');
  const { ErrorAnalyticsService } = await world.built('modules/analytics/error-analytics.service.js');
  const { analyticsRequest } = await world.built('modules/analytics/analytics-request.js');
  const now = Date.now();
  const request = (team, groupBy) =>
    analyticsRequest({ window: '30d', timeZone: 'UTC', limit: 20, teamId: team, groupBy }, now);
  return [
    {
      name: 'tasks',
      ask: (database, team) => new TaskAnalyticsService(database).read(null, request(team, 'type'), now),
    },
    {
      name: 'validations',
      ask: (database, team) => new ValidationAnalyticsService(database).read(null, request(team, 'type')),
    },
    {
      name: 'errors',
      ask: (database, team) => new ErrorAnalyticsService(database).read(null, request(team, 'severity')),
    },
  ];
}

/** Milliseconds of each statement of one answer, in the transaction of the service, from the client's side. */
async function timesOf(client, world, ask, team) {
  const { scope } = world.statements;
  const { userId, credentialId } = sessionOf(0);
  const times = {};
  await client.query('begin isolation level repeatable read read only');
  try {
    await client.query({ text: scope.text, values: [userId, credentialId, null, '{}', 'tm_analytics'] });
    const run = async ({ name, text, values }) => {
      const start = performance.now();
      const { rows } = await client.query({ name, text, values: [...values] });
      times[name.replace('analytics.', '')] = performance.now() - start;
      return rows;
    };
    await ask({ analytics: (_session, work) => work({ run }) }, team);
    return times;
  } finally {
    await client.query('rollback');
  }
}

/** The same writes with the triggers that count and without them. */
async function writes(world) {
  const database = await world.database('small', world.options.size.small);
  const { size, admin } = database;
  const { scope } = world.statements;
  const create = (await writeCases(world)).find(({ name }) => name === 'create').statement;
  const flip = {
    text: `update public.tasks
set status = case when status = 'pending' then 'in_progress' else 'pending' end, stage = null
where id = $1`,
    values: [SOME_TASK],
  };
  const found = [];
  for (const [name, statement] of [
    ['create', create],
    ['change of status', flip],
  ]) {
    const work = serviceTransaction(size, scope, statement, 'tm_app_rw');
    const sample = async (clause) => {
      for (const trigger of TRIGGERS) await admin.query(`alter table public.tasks ${clause} trigger ${trigger}`);
      return sampleLimit(world, database, work, { role: 'tm_app_rw', readOnly: false, connections: 4 });
    };
    const samples = await interleave(
      Math.min(world.options.repetitions, 3),
      () => sample('enable'),
      () => sample('disable'),
    );
    for (const trigger of TRIGGERS) await admin.query(`alter table public.tasks enable trigger ${trigger}`);
    found.push(
      compare(`${name} of a task: counted for analytics / not`, 'transactions/s', samples, 'rate'),
      compare(`${name} of a task: counted for analytics / not, PostgreSQL CPU`, 'us/transaction', samples, 'postgres'),
    );
  }
  return found;
}
