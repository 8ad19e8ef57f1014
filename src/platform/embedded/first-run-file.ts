import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The admin of a new installation. */
export interface FirstAdmin {
  readonly adminEmail: string;
  readonly adminPassword: string;
  readonly apiKey: string;
}

interface FirstRun extends FirstAdmin {
  readonly url: string;
  /** The owner of the embedded PostgreSQL; null with an external one. */
  readonly databaseUrl: string | null;
}

/** Writes first-run.json, which only its owner can read. */
export async function writeFirstRun(dataFolder: string, run: FirstRun): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  const file = join(dataFolder, 'first-run.json');
  await writeFile(`${file}.new`, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
