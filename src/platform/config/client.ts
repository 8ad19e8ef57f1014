import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The service that the command line calls. */
export interface ClientConfig {
  readonly url: string;
  readonly apiKey: string | null;
  /** Whether somebody named the key, so that it counts more than a login. */
  readonly isKeyGiven: boolean;
}

interface FirstRun {
  readonly url?: string;
  readonly apiKey?: string;
}

function firstRun(folder: string): FirstRun {
  try {
    return JSON.parse(readFileSync(join(resolve(folder), 'first-run.json'), 'utf8')) as FirstRun;
  } catch {
    return {};
  }
}

/** Reads TASKMASTER_URL and TASKMASTER_API_KEY, else the file that the first run of a service in this folder wrote. */
export function loadClientConfig(env: Readonly<Record<string, string | undefined>>): ClientConfig {
  const first = firstRun(env['TASKMASTER_DATA'] ?? '.taskmaster-data');
  const url = env['TASKMASTER_URL'] ?? first.url ?? 'http://127.0.0.1:3000';
  const given = env['TASKMASTER_API_KEY'];
  return {
    url: url.replace(/\/+$/, ''),
    apiKey: given ?? first.apiKey ?? null,
    isKeyGiven: given !== undefined,
  };
}
