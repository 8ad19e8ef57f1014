import { teamId, word } from '../dataset.mjs';
import { check } from '../harness/check.mjs';
import { result } from '../harness/pairs.mjs';
import { sequence, typicalTime } from '../harness/sequence.mjs';
import { keyOf } from '../people.mjs';
import { tasksJson } from '../tasks-json.mjs';
import { tenantSize } from './task-master-ai.mjs';

/** User 0 is a member of team 0, which holds the tasks of the large tenant. */
const headers = { 'x-api-key': keyOf(0), 'content-type': 'application/json' };
const SEARCH_LIMIT_MS = 10;
const STEP_LIMIT_MS = 5;
const IMPORT_LIMIT_S = 3;

/** One tenant with many tasks: full text, next, set-status, and the import of a whole project. */
export async function measureTenant(world) {
  const { tenant } = world.options.size;
  const database = await world.database('tenant', tenantSize(world));
  const service = await world.service(database);
  // Before the imports: afterwards the newest tasks are 10,000 that hold none of these words.
  const found = await search(service);
  const small = await projectOf(service, 'bench-100', 100);
  const imported = await projectOf(service, 'bench-5000', 5_000);
  const large = `teamId=${teamId(0)}&projectKey=main`;
  return [
    result(`full-text search of ${tenant} tasks of one tenant, p50 / limit`, 'ms', found, SEARCH_LIMIT_MS),
    await step(service, 'next', 100, nextRequests('projectKey=bench-100')),
    await step(service, 'next', tenant, nextRequests(large)),
    await step(service, 'set-status', 100, await statusRequests(service, 'projectKey=bench-100')),
    await step(service, 'set-status', tenant, await statusRequests(service, large)),
    result('import of 5,000 tasks / limit', 's', imported.seconds, IMPORT_LIMIT_S),
    result('import of 100 tasks / limit', 's', small.seconds, IMPORT_LIMIT_S),
  ];
}

/** Frequent and rare words alike, alone and together. */
async function search(service) {
  const ranks = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];
  const words = ranks.flatMap((rank) => [word(rank), `${word(rank)} ${word(Math.ceil(rank / 2))}`]);
  const requests = [...words, ...words, ...words, ...words].map((text) => ({
    path: `/api/v1/tasks?total=false&limit=20&q=${encodeURIComponent(text)}`,
    headers,
    check: (answer) => {
      const found = JSON.parse(answer).data;
      const has = (task) => text.split(' ').every((one) => `${task.title} ${task.description}`.includes(one));
      check(found.every(has), `a task was found that does not hold "${text}"`);
    },
  }));
  return typicalTime(service.url, requests);
}

async function step(service, name, tasks, requests) {
  return result(
    `${name} at ${tasks} tasks, p50 / limit`,
    'ms',
    await typicalTime(service.url, requests),
    STEP_LIMIT_MS,
  );
}

function nextRequests(query) {
  const isOne = (text) => check(JSON.parse(text).data.length === 1, `next found nothing in ${query}`);
  return Array.from({ length: 60 }, () => ({ path: `/api/v1/tasks/next?${query}`, headers, check: isOne }));
}

async function statusRequests(service, query) {
  const answer = await fetch(`${service.url}/api/v1/tasks?${query}&limit=60&total=false`, { headers });
  const { data } = await answer.json();
  return data.flatMap((task) =>
    ['in_progress', 'pending'].map((status) => ({
      method: 'PATCH',
      path: `/api/v1/tasks/${task.id}`,
      headers,
      body: JSON.stringify({ status }),
      check: (text) => check(JSON.parse(text).data.status === status, 'a status was not set'),
    })),
  );
}

/** Creates a new project with this many imported tasks. */
async function projectOf(service, projectKey, tasks) {
  const { url } = service;
  const project = JSON.stringify({ projectKey, name: projectKey, teamId: teamId(0) });
  await fetch(`${url}/api/v1/projects`, { method: 'POST', headers, body: project }).then((answer) => answer.text());
  const body = JSON.stringify(tasksJson(tasks, `${projectKey} ${Date.now()}`));
  const path = `/api/v1/projects/${projectKey}/import`;
  const [milliseconds] = await sequence(url, [{ method: 'POST', path, headers, body }]);
  const answer = await fetch(`${url}/api/v1/tasks?projectKey=${projectKey}&limit=1`, { headers });
  const { pagination } = await answer.json();
  check(pagination.total === tasks, `${pagination.total} of ${tasks} tasks are there after the import`);
  return { seconds: milliseconds / 1_000 };
}
