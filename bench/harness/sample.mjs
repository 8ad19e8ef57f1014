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

export async function sampleLimit(world, database, work, { role, readOnly, connections = LIMIT_CONNECTIONS }) {
  const before = { postgres: cpuOfTree(world.postgres) };
  const { seconds } = world.options;
  const run = await runTransactions({ login: database.login, role, readOnly, transaction: work, connections, seconds });
  return { ...run, ...perRequest(run.count, before, world) };
}

/** The same without row-level security and triggers: as superuser, like a replica that applies changes. */
export async function sampleBare(world, database, work, connections = LIMIT_CONNECTIONS) {
  const before = { postgres: cpuOfTree(world.postgres) };
  const { seconds } = world.options;
  const login = database.superuserLogin;
  const run = await runTransactions({ login, isBare: true, transaction: work, connections, seconds });
  return { ...run, ...perRequest(run.count, before, world) };
}

function perRequest(count, before, world, pid) {
  return {
    server: pid === undefined ? 0 : (cpuOf(pid) - before.server) / count,
    postgres: (cpuOfTree(world.postgres) - before.postgres) / count,
  };
}
