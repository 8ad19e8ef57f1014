import 'reflect-metadata';
import type { Config } from './platform/config/config.js';
import { ConfigProblem, loadConfig } from './platform/config/config.js';
import { withEnvFile } from './platform/config/env-file.js';
import { StartupProblem } from './platform/faults/startup-problem.js';
import type { Running } from './serve.js';
import { serve } from './serve.js';

/**
 * Maximum duration of a shutdown in milliseconds: the longest grace period of the drain (60 s), plus requests in
 * flight, pools and PostgreSQL. After that, the process ends anyway.
 */
const STOP_WITHIN_MS = 90_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function fail(error: unknown): never {
  const known = error instanceof StartupProblem || error instanceof ConfigProblem;
  const text = known ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** Handles signals from the beginning: a stop requested during the start runs after it, and leaves nothing running. */
function stopOnSignals(starting: Promise<Running>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    starting.then((running) => running.stop()).then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
  // `npm start` runs this behind bin/start.mjs. If the launcher is killed, the service must not keep running unnoticed.
  if (process.connected) process.once('disconnect', stop);
}

/** The configuration, from the environment and from the file of the current folder. */
function configured(): Config {
  const { env, warnings } = withEnvFile();
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  return loadConfig(env);
}

const starting = Promise.resolve().then(() => serve(configured(), say));
stopOnSignals(starting);
await starting.catch(fail);
