import { check } from '../harness/check.mjs';
import { compare, interleave } from '../harness/pairs.mjs';
import { sampleLimit, sampleServer } from '../harness/sample.mjs';
import { listRequests, pointRequests } from '../people.mjs';
import { serviceTransaction, SOME_TASK, SOME_TEAM } from '../transactions.mjs';

export const LIST_QUERY = 'status=pending&total=false&limit=20';
const LIST = { teamId: SOME_TEAM, status: 'pending', total: 'false', limit: '20' };

/** G3, G4, G12 and the tail: the service against pgbench with the same statements. */
export async function measureRest(world) {
  const database = await world.database('main', world.options.size.main);
  const service = await world.service(database);
  const { size } = database;
  const { statements } = world;
  const cases = [
    { goal: 'G3', what: 'REST point get', requests: pointRequests(size), statement: await statements.get(SOME_TASK) },
    {
      goal: 'G4',
      what: 'REST list-20',
      requests: listRequests(size, LIST_QUERY),
      statement: await statements.list(LIST),
    },
  ];
  const results = [];
  for (const { goal, what, requests, statement } of cases) {
    await checkAnswers(service, database, requests);
    const work = serviceTransaction(size, statements.scope, statement, 'tm_app_ro');
    const reading = { role: 'tm_app_ro', readOnly: true };
    const samples = await interleave(
      world.options.repetitions,
      () => sampleServer(world, service, requests),
      () => sampleLimit(world, database, work, reading),
    );
    const fewer = await interleave(
      Math.min(3, world.options.repetitions),
      () => sampleServer(world, service, requests),
      () => sampleLimit(world, database, work, { ...reading, connections: 4 }),
    );
    const tail = samples.ours.map((sample) => ({ p99: sample.p99, limit: 5 * sample.p50 }));
    results.push(
      compare(`${goal} ${what} / ${world.limit}`, 'requests/s', samples, 'rate'),
      compare(`${what} / ${world.limit}, 4 connections`, 'requests/s', fewer, 'rate'),
      compare(`G12 ${what}: PostgreSQL CPU / ${world.limit}`, 'us/request', samples, 'postgres'),
      compare(
        `${what}: p99 at 64 connections / 5 x p50`,
        'ms',
        { ours: tail.map(p99), baseline: tail.map(limit) },
        'ms',
      ),
    );
    world.note(`${what}: Node CPU ${medianOf(samples.ours, 'server')} us/request`);
  }
  return results;
}

const p99 = (sample) => ({ ms: sample.p99 });
const limit = (sample) => ({ ms: sample.limit });

function medianOf(samples, field) {
  const sorted = samples.map((sample) => sample[field]).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)]);
}

/** Some of the answers against what the superuser reads from the tables; and what must not be seen is not. */
export async function checkAnswers(service, database, requests) {
  for (const request of requests.slice(0, 20)) {
    const answer = await fetch(service.url + request.path, { headers: request.headers });
    const { data } = await answer.json();
    check(answer.status === 200, `${request.path} answered ${answer.status}`);
    if (request.id) await checkTask(database, request.id, data);
    else await checkPage(database, request.path, data);
  }
  const foreign = requests.find((one) => one.id && one.team !== requests[0].team && one.user !== requests[0].user);
  if (!foreign || sharesTeam(foreign, requests[0], database.size)) return;
  const answer = await fetch(service.url + foreign.path, { headers: requests[0].headers });
  await answer.text();
  check(answer.status === 404, `a task of a foreign team was answered with ${answer.status}`);
}

function sharesTeam(foreign, { user }, { teams }) {
  const third = Math.max(Math.floor(teams / 3), 1);
  return [0, 1, 2].some((place) => (user + place * third) % teams === foreign.team);
}

async function checkTask({ admin }, id, data) {
  const { rows } = await admin.query('select team_id, title, version from public.tasks where id = $1', [id]);
  const [row] = rows;
  const right =
    data.id === id && data.teamId === row.team_id && data.title === row.title && data.version === row.version;
  check(right, `the answer for task ${id} is not what the table holds`);
}

async function checkPage({ admin }, path, data) {
  const query = new URLSearchParams(path.split('?')[1]);
  const { rows } = await admin.query(
    `select id
     from public.tasks
     where team_id = $1 and status = $2 and deleted_at is null
     order by created_at desc, id desc
     limit 20`,
    [query.get('teamId'), query.get('status')],
  );
  const expected = rows.map((row) => row.id).join();
  check(rows.length > 0 && data.map((task) => task.id).join() === expected, `the page ${path} is not the table's`);
}
