import { residentBytes } from '../harness/cpu.mjs';
import { check } from '../harness/check.mjs';
import { compare, interleave, median, result } from '../harness/pairs.mjs';
import { sampleServer } from '../harness/sample.mjs';
import { keyOf, shuffled } from '../people.mjs';
import { limitsOf, startService } from '../service.mjs';
import { casesOf } from './peers.mjs';

/** The columns of a task that both GraphQL servers have under the same name. */
export const TASK_FIELDS = `id teamId projectKey list ref title description details testStrategy type status stage priority
  complexityScore affectedFiles requirements acceptanceCriteria tags parentTaskId assigneeId assignedTo createdBy
  estimatedHours actualHours dueDate remindAt createdAt updatedAt completedAt deletedAt metadata version`;

const POINT = `query ($id: ID!) { task(id: $id) { ${TASK_FIELDS} } }`;
const LIST = `query ($team: ID!) {
  tasks(first: 20, filter: { teamId: $team, status: [pending] }) { nodes { ${TASK_FIELDS} } }
}`;

/** What the issue asks for: a refusal takes less. */
const REFUSAL_MS = 50;
/** Rounds over the table of attacks; the first are for compilers and heaps to get warm. */
const ROUNDS = 30;
const WARM_ROUNDS = 10;
/** Growth of a heap that was not asked to shrink: below this, memory is flat. */
const FLAT_BYTES = 32 * 1024 * 1024;

/** The request for GraphQL that asks what a request for REST does. */
export function graphqlRequest({ path, headers, id, ...rest }) {
  const team = new URLSearchParams(path.split('?')[1]).get('teamId');
  return {
    ...rest,
    id,
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: id ? POINT : LIST, variables: id ? { id } : { team } }),
  };
}

/** The tasks of an answer, whichever surface gave it. */
export async function ask({ url }, { method, path, headers, body }) {
  const { data, errors } = await (await fetch(url + path, { method, headers, body })).json();
  check(!errors, `${path} refused: ${JSON.stringify(errors)?.slice(0, 500)}`);
  return [data.tasks?.nodes ?? data.task ?? data].flat();
}

/** G8: GraphQL beside REST of the same service; and what it costs to refuse hostile documents. */
export async function measureGraphql(world) {
  const database = await world.database('main', world.options.size.main);
  const service = await world.service(database);
  const results = [];
  for (const { what, requests } of casesOf(database.size)) {
    const asked = requests.map(graphqlRequest);
    await checkSame(service, requests, asked);
    const samples = await interleave(
      world.options.repetitions,
      () => sampleServer(world, service, asked),
      () => sampleServer(world, service, requests),
    );
    results.push(
      compare(`G8 GraphQL ${what} / REST ${what}`, 'requests/s', samples, 'rate'),
      compare(`G8 GraphQL ${what} / REST ${what}: Node CPU`, 'us/request', samples, 'server'),
      compare(`G8 GraphQL ${what} / REST ${what}: PostgreSQL CPU`, 'us/request', samples, 'postgres'),
    );
  }
  return [...results, ...(await measureAttacks(world, database))];
}

async function checkSame(service, requests, asked) {
  for (const place of shuffled(requests.map((_, index) => index)).slice(0, 10)) {
    const [rest, graphql] = await Promise.all([ask(service, requests[place]), ask(service, asked[place])]);
    for (const [index, task] of graphql.entries()) {
      const differs = Object.keys(task).find(
        (name) => JSON.stringify(task[name]) !== JSON.stringify(rest[index]?.[name]),
      );
      check(differs === undefined, `${differs} of a task is not the same in GraphQL and REST`);
    }
    check(rest.length === graphql.length, 'GraphQL and REST answer different rows');
  }
}

/** Every attack of the suite's own table, over and over. */
async function measureAttacks(world, database) {
  await import('../../test/support/typescript.mjs');
  const { attacks } = await import('../../test/api/graphql/attacks.ts');
  const key = keyOf(0);
  const settings = limitsOf(0);
  const service = await startService(world, database, { key, settings });
  const times = new Map(attacks.map(({ name }) => [name, []]));
  let before = 0;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round === WARM_ROUNDS) before = residentBytes(service.pid);
      for (const attack of attacks) times.get(attack.name).push(await refuse(service, key, attack));
    }
    const slowest = [...times]
      .map(([name, taken]) => ({ name, typical: median(taken), worst: Math.max(...taken.slice(WARM_ROUNDS)) }))
      .sort((a, b) => b.typical - a.typical)[0];
    world.note(`slowest of ${attacks.length} attacks to refuse: ${slowest.name}`);
    const worst = Math.max(...[...times.values()].flatMap((taken) => taken.slice(WARM_ROUNDS)));
    const grown = Math.max(residentBytes(service.pid) - before, 0);
    return [
      result('GraphQL attacks: slowest kind to refuse, median / limit', 'ms', slowest.typical, REFUSAL_MS),
      result('GraphQL attacks: slowest single refusal / limit', 'ms', worst, REFUSAL_MS),
      result(
        `GraphQL attacks: memory after ${(ROUNDS - WARM_ROUNDS) * attacks.length} of them / limit`,
        'MiB more',
        grown / 2 ** 20,
        FLAT_BYTES / 2 ** 20,
      ),
    ];
  } finally {
    await service.stop();
  }
}

async function refuse({ url }, key, { name, body, status, code }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const began = performance.now();
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: text });
  const reply = await answer.text();
  const taken = performance.now() - began;
  check(answer.status === status && reply.includes(code), `${name} was answered with ${answer.status}`);
  return taken;
}
