import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_FLAGS } from '../../bin/launch.mjs';
import { residentBytes } from '../harness/cpu.mjs';
import { median, result } from '../harness/pairs.mjs';
import { startServer } from '../service.mjs';

const READY_LIMIT_S = 3;
const REST_LIMIT_MB = 200;
const REST_MS = 3_000;

/** A start as `npm start` does it, embedded PostgreSQL included, on a folder that has its data already. */
export async function measureStart(world) {
  const data = mkdtempSync(join(tmpdir(), 'taskmaster-bench-start-'));
  try {
    const first = await start(world, data);
    await first.stop();
    const times = [];
    let resident = 0;
    for (let repetition = 0; repetition < world.options.repetitions; repetition += 1) {
      const server = await start(world, data);
      times.push(server.readyAfter / 1_000);
      if (repetition === 0) {
        await delay(REST_MS);
        resident = residentBytes(server.pid) / 1e6;
      }
      await server.stop();
    }
    return [
      result('start to ready, second start / limit', 's', median(times), READY_LIMIT_S),
      result('start to ready, very first start', 's', first.readyAfter / 1_000, first.readyAfter / 1_000),
      result('memory of the service at rest / limit', 'MB', resident, REST_LIMIT_MB),
    ];
  } finally {
    rmSync(data, { recursive: true });
  }
}

function start(world, data) {
  return startServer({
    args: [...SERVICE_FLAGS, join(world.options.dist, 'main.js')],
    cwd: join(world.options.dist, '..'),
    logFile: join(world.logs, 'start.log'),
    env: (port) => ({
      TASKMASTER_DATA: data,
      API_HOST: '127.0.0.1',
      API_PORT: String(port),
      METRICS_PORT: '0',
      NODE_ENV: 'production',
    }),
    isReady: async (url) => {
      // Ready is a request that reads the database with the credential of the first run.
      const { apiKey } = JSON.parse(readFileSync(join(data, 'first-run.json'), 'utf8'));
      const answer = await fetch(`${url}/api/v1/tasks?limit=1`, { headers: { 'x-api-key': apiKey } });
      await answer.text();
      return answer.ok;
    },
  });
}
