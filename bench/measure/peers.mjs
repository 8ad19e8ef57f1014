import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, interleave } from '../harness/pairs.mjs';
import { sampleServer } from '../harness/sample.mjs';
import { listRequests, pointRequests } from '../people.mjs';
import { startServer } from '../service.mjs';
import { urlOf } from '../world.mjs';
import { checkAnswers, LIST_QUERY } from './rest.mjs';

const file = (path) => fileURLToPath(new URL(`../baselines/${path}`, import.meta.url));

/** G5: what the service puts around the data path, against a server that puts nothing there. */
export function measureBareHttp(world) {
  return measureRestPeer(world, 'G5 REST', 'bare node:http', (database) => ({
    args: [file('http.mjs')],
    env: (port) => ({ PORT: String(port), DIST: world.options.dist, DATABASE: JSON.stringify(database.login) }),
  }));
}

/** G9: the same endpoints as they are usually written. */
export function measureTypeorm(world) {
  return measureRestPeer(world, 'G9 REST', 'NestJS + TypeORM', (database) => ({
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

/** What is asked of everything that is compared here. */
export function casesOf(size) {
  return [
    { what: 'point get', requests: pointRequests(size) },
    { what: 'list-20', requests: listRequests(size, LIST_QUERY) },
  ];
}

/** `requests` to the service beside `theirs`, which default to the same, to the peer. */
export async function comparePeers(world, goal, name, service, peer, cases) {
  const results = [];
  for (const { what, requests, theirs = requests } of cases) {
    const samples = await interleave(
      world.options.repetitions,
      () => sampleServer(world, service, requests),
      () => sampleServer(world, peer, theirs),
    );
    results.push(
      compare(`${goal} ${what} / ${name}`, 'requests/s', samples, 'rate'),
      compare(`${goal} ${what} / ${name}: Node CPU`, 'us/request', samples, 'server'),
      compare(`${goal} ${what} / ${name}: PostgreSQL CPU`, 'us/request', samples, 'postgres'),
    );
  }
  return results;
}

export async function succeeds(url, { method, path, headers, body }) {
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
