import { cpuOf, cpuOfTree } from './cpu.mjs';
import { load } from './load.mjs';
import { runTransactions } from './pgbench.mjs';

/** Connections of the limit: the pool size that the goals were set with. */
export const LIMIT_CONNECTIONS = 10;

/** A load run with the processor time that a request costs the server and PostgreSQL, in microseconds. */
export async function sampleServer(world, server, requests, connections) {
  const before = { server: cpuOf(server.pid), postgres: cpuOfTree(world.postgres) };
  const run = await load({ url: server.url, requests, connections, seconds: world.options.seconds });
  return { ...run, ...perRequest(run.count, before, world, server.pid) };
}

export function sampleLimit(world, database, work, { role, readOnly, connections }) {
  return sampleTransactions(world, { login: database.login, role, readOnly, transaction: work, connections });
}

/** The same without row-level security and triggers: as superuser, like a replica that applies changes. */
export function sampleBare(world, database, work, connections) {
  return sampleTransactions(world, { login: database.superuserLogin, isBare: true, transaction: work, connections });
}

async function sampleTransactions(world, { connections = LIMIT_CONNECTIONS, ...work }) {
  const before = { postgres: cpuOfTree(world.postgres) };
  const run = await runTransactions({ ...work, connections, seconds: world.options.seconds });
  return { ...run, ...perRequest(run.count, before, world) };
}

function perRequest(count, before, world, pid) {
  return {
    server: pid === undefined ? 0 : (cpuOf(pid) - before.server) / count,
    postgres: (cpuOfTree(world.postgres) - before.postgres) / count,
  };
}
