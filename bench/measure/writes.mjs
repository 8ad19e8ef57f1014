import { check } from '../harness/check.mjs';
import { compare, interleave } from '../harness/pairs.mjs';
import { sampleLimit, sampleServer } from '../harness/sample.mjs';
import { teamId } from '../dataset.mjs';
import { KEYS, keyOf, pointRequests, teamsOf } from '../people.mjs';
import { serviceTransaction } from '../transactions.mjs';
import { NEW_TASK, PATCH, writeCases } from './cases.mjs';

/** Create and update through REST against the same transaction from pgbench; every commit waits for the disk. */
export async function measureWrites(world) {
  const database = await world.database('main', world.options.size.main);
  const service = await world.service(database);
  const requests = { create: createRequests(database.size), update: updateRequests(database.size) };
  const results = [];
  for (const { name, statement, role } of await writeCases(world)) {
    await checkWrite(service, database, requests[name][0]);
    const work = serviceTransaction(database.size, world.statements.scope, statement, role);
    const samples = await interleave(
      world.options.repetitions,
      () => sampleServer(world, service, requests[name]),
      () => sampleLimit(world, database, work, { role, readOnly: false }),
    );
    results.push(
      compare(`REST ${name} / ${world.limit}`, 'requests/s', samples, 'rate'),
      compare(`G12 REST ${name}: PostgreSQL CPU / ${world.limit}`, 'us/request', samples, 'postgres'),
    );
  }
  return results;
}

/** A create for each user in each of their teams. */
export function createRequests(size) {
  return Array.from({ length: KEYS * 3 }, (_, place) => {
    const user = Math.floor(place / 3);
    const body = JSON.stringify({ ...NEW_TASK, teamId: teamId(teamsOf(user, size)[place % 3]) });
    return { method: 'POST', path: '/api/v1/tasks', headers: headersOf(user), body };
  });
}

export function updateRequests(size) {
  const body = JSON.stringify(PATCH);
  return pointRequests(size).map(({ path, user, id }) => ({
    method: 'PATCH',
    path,
    headers: headersOf(user),
    body,
    id,
  }));
}

const headersOf = (user) => ({ 'x-api-key': keyOf(user), 'content-type': 'application/json' });

/** The write is answered with what the table then holds. */
async function checkWrite(service, { admin }, { method, path, headers, body }) {
  const answer = await fetch(service.url + path, { method, headers, body });
  const { data } = await answer.json();
  check(answer.ok, `${method} ${path} answered ${answer.status}`);
  const { rows } = await admin.query('select title, priority, version from public.tasks where id = $1', [data.id]);
  const [row] = rows;
  const kept = row?.title === data.title && row.priority === data.priority && row.version === data.version;
  check(kept, `${method} ${path} was acknowledged and not kept`);
}
