import 'reflect-metadata';
import { ConfigProblem, loadConfig } from './platform/config/config.js';
import { StartupProblem } from './platform/embedded/startup-problem.js';
import type { Running } from './serve.js';
import { serve } from './serve.js';

/** Milliseconds for requests in flight to end; after that the process ends anyway. */
const STOP_WITHIN_MS = 25_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function fail(error: unknown): never {
  const known = error instanceof StartupProblem || error instanceof ConfigProblem;
  const text = known ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function stopOnSignals(running: Running): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    running.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

try {
  stopOnSignals(await serve(loadConfig(), say));
} catch (error) {
  fail(error);
}
