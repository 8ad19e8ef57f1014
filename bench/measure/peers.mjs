import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../harness/check.mjs';
import { compare, interleave } from '../harness/pairs.mjs';
import { sampleServer } from '../harness/sample.mjs';
import { KEYS, keyOf, listRequests, pointRequests, sessionOf, shuffled } from '../people.mjs';
import { startServer } from '../service.mjs';
import { urlOf } from '../world.mjs';
import { checkAnswers, LIST_QUERY } from './rest.mjs';

const file = (path) => fileURLToPath(new URL(`../baselines/${path}`, import.meta.url));

const FIELDS = `id teamId projectKey list ref title description details testStrategy type status stage priority
  complexityScore affectedFiles requirements acceptanceCriteria tags parentTaskId assigneeId assignedTo createdBy
  estimatedHours actualHours dueDate remindAt createdAt updatedAt completedAt deletedAt metadata version`;

/** G5: what the service puts around the data path, against a server that puts nothing there. */
export function measureBareHttp(world) {
  return measureRestPeer(world, 'G5', 'bare node:http', (database) => ({
    args: [file('http.mjs')],
    env: (port) => ({ PORT: String(port), DIST: world.options.dist, DATABASE: JSON.stringify(database.login) }),
  }));
}

/** G9: the same endpoints as they are usually written. */
export function measureTypeorm(world) {
  return measureRestPeer(world, 'G9', 'NestJS + TypeORM', (database) => ({
    args: [file('typeorm/server.mjs')],
    env: (port) => ({ PORT: String(port), DATABASE_URL: urlOf(database.login) }),
  }));
}

async function measureRestPeer(world, goal, name, start) {
  const database = await world.database('main', world.options.size.main);
  const service = await world.service(database);
  const cases = casesOf(database.size);
  const peer = await startServer({
    ...start(database),
    logFile: join(world.logs, 'peer.log'),
    isReady: (url) => succeeds(url, cases[0].requests[0]),
  });
  try {
    for (const { requests } of cases) await checkAnswers(peer, database, requests);
    return await comparePeers(world, goal, name, service, peer, cases);
  } finally {
    await peer.stop();
  }
}

/** G6: PostGraphile 5, which builds one SQL statement for a GraphQL query, asked for the same rows and fields. */
export async function measurePostgraphile(world) {
  const folder = file('postgraphile');
  installOnce(folder);
  const database = await world.database('main', world.options.size.main);
  const service = await world.service(database);
  const claims = await claimsOf(world, database);
  const cases = casesOf(database.size).map((one) => ({ ...one, theirs: one.requests.map(asGraphql) }));
  const peer = await startServer({
    args: [join(folder, 'server.mjs')],
    cwd: folder,
    logFile: join(world.logs, 'peer.log'),
    env: (port) => ({
      PORT: String(port),
      DATABASE_URL: urlOf(database.login),
      CLAIMS: JSON.stringify(claims),
      NODE_ENV: 'production',
      GRAPHILE_ENV: 'production',
    }),
    isReady: (url) => succeeds(url, cases[0].theirs[0]),
  });
  try {
    for (const one of cases) await checkSameRows(service, peer, one);
    return await comparePeers(world, 'G6', 'PostGraphile 5', service, peer, cases);
  } finally {
    await peer.stop();
  }
}

function casesOf(size) {
  return [
    { what: 'point get', requests: pointRequests(size) },
    { what: 'list-20', requests: listRequests(size, LIST_QUERY) },
  ];
}

async function comparePeers(world, goal, name, service, peer, cases) {
  const results = [];
  for (const { what, requests, theirs = requests } of cases) {
    const samples = await interleave(
      world.options.repetitions,
      () => sampleServer(world, service, requests),
      () => sampleServer(world, peer, theirs),
    );
    results.push(
      compare(`${goal} REST ${what} / ${name}`, 'requests/s', samples, 'rate'),
      compare(`${goal} REST ${what} / ${name}: Node CPU`, 'us/request', samples, 'server'),
      compare(`${goal} REST ${what} / ${name}: PostgreSQL CPU`, 'us/request', samples, 'postgres'),
    );
  }
  return results;
}

async function succeeds(url, { method, path, headers, body }) {
  const answer = await fetch(url + path, { method, headers, body });
  await answer.text();
  return answer.ok;
}

/** Installs what a baseline needs from its own lock file; nothing of it is part of the service. */
export function installOnce(folder) {
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  const args = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (error || status !== 0) throw new Error(`npm ci in ${folder} did not succeed`);
}

function asGraphql({ path, headers, id }) {
  const query = new URLSearchParams(path.split('?')[1]);
  const text = id
    ? `query ($id: UUID!) { task: taskById(id: $id) { ${FIELDS} } }`
    : `query ($team: UUID!) {
        tasks: allTasks(first: 20, orderBy: [CREATED_AT_DESC, ID_DESC], condition: { teamId: $team, status: "pending", deletedAt: null }) {
          nodes { ${FIELDS} }
        }
      }`;
  const variables = id ? { id } : { team: query.get('teamId') };
  return {
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: text, variables }),
  };
}

async function checkSameRows(service, peer, { requests, theirs }) {
  for (const place of shuffled(requests.map((_, index) => index)).slice(0, 10)) {
    const [ours, other] = await Promise.all([ask(service, requests[place]), ask(peer, theirs[place])]);
    check(!other.errors, `PostGraphile refused: ${JSON.stringify(other.errors)?.slice(0, 500)}`);
    const rows = other.data.task ? [other.data.task] : other.data.tasks.nodes;
    const same = [ours.data].flat().every((task, index) => isSame(task, rows[index]));
    check(
      same && rows.length === [ours.data].flat().length,
      `PostGraphile answers other rows for ${requests[place].path}`,
    );
  }
}

const isSame = (task, row) => task.id === row?.id && task.title === row.title && task.version === row.version;

async function ask({ url }, { method, path, headers, body }) {
  return (await fetch(url + path, { method, headers, body })).json();
}

/** What `app.open_session` would set for each user, per API key. */
async function claimsOf(world, { login, size }) {
  const { Database } = await world.built('platform/database/database.js');
  const database = new Database({ login, pools: { max: 3, min: 0, acquireTimeoutMs: 5_000, readHosts: [] } });
  await database.start();
  const names = ['user_id', 'credential_id', 'team_ids', 'permissions', 'is_admin', 'is_narrowed'];
  const text = `select ${names.map((name) => `current_setting('app.${name}') as "app.${name}"`).join(', ')}`;
  const claims = {};
  for (let user = 0; user < Math.min(KEYS, size.users); user += 1) {
    const [row] = await database.query(sessionOf(user), { name: '', text, values: [] });
    claims[keyOf(user)] = { role: 'tm_app_ro', ...row };
  }
  await database.close();
  return claims;
}
