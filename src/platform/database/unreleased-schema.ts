import type { QueryRunner } from 'typeorm';
import { EPOCH } from './migration-files.js';

const HAS_TABLE = `select to_regclass('public.migrations') is not null as found`;
const IS_UNRELEASED = `select exists (select from public.migrations where "timestamp" < ${EPOCH}) as unreleased`;

/** The releases begin with migrations of their own, which would find half of their tables made, in another way. */
export async function refuseUnreleased(runner: QueryRunner): Promise<void> {
  const [table] = (await runner.query(HAS_TABLE)) as { found: boolean }[];
  if (!table?.found) return;
  const [row] = (await runner.query(IS_UNRELEASED)) as { unreleased: boolean }[];
  if (row?.unreleased) {
    throw new Error(
      'A build from before the first release made this database: export each project with that build ("taskmaster export"), and import the files into a new database with this one ("taskmaster import").',
    );
  }
}
