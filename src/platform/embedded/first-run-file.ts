import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The admin that a new installation gets. */
export interface FirstAdmin {
  readonly adminEmail: string;
  readonly adminPassword: string;
  readonly apiKey: string;
}

interface FirstRun extends FirstAdmin {
  readonly url: string;
  /** The owner of the embedded PostgreSQL; null with a PostgreSQL of one's own. */
  readonly databaseUrl: string | null;
}

/** Writes first-run.json, readable by its owner alone; complete or not at all. */
export async function writeFirstRun(dataFolder: string, run: FirstRun): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  const file = join(dataFolder, 'first-run.json');
  await writeFile(`${file}.new`, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
