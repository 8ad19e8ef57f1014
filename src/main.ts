import 'reflect-metadata';
import { ConfigProblem, loadConfig } from './platform/config/config.js';
import { StartupProblem } from './platform/embedded/startup-problem.js';
import type { Running } from './serve.js';
import { serve } from './serve.js';

/** Milliseconds for a stop: the longest grace of the drain (60 s), requests in flight, pools and PostgreSQL. Then the process ends anyway. */
const STOP_WITHIN_MS = 90_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function fail(error: unknown): never {
  const known = error instanceof StartupProblem || error instanceof ConfigProblem;
  const text = known ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** Listens from the first moment on: a stop that is asked for during the start follows it, and leaves nothing running. */
function stopOnSignals(starting: Promise<Running>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    starting.then((running) => running.stop()).then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
  // `npm start` runs this behind bin/start.mjs, and a service whose launcher was killed must not stay behind unseen.
  if (process.connected) process.once('disconnect', stop);
}

const starting = Promise.resolve().then(() => serve(loadConfig(), say));
stopOnSignals(starting);
await starting.catch(fail);
