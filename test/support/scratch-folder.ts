import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A new folder beside the database of the run: in memory if there is room, where a start of PostgreSQL waits for no disk.
 * It goes with the run, however that ends. Other users may enter the folders above it.
 */
export function scratchFolder(name: string): Promise<string> {
  const base = process.env['TEST_SCRATCH'];
  if (!base) throw new Error('TEST_SCRATCH is not set: run the tests through Jest with its global setup.');
  return mkdtemp(join(base, `${name}-`));
}
