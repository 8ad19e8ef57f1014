import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export interface MigrationFile {
  /** The name in TypeORM's migration table, such as `InitialSchema1700000000001`. */
  readonly name: string;
  readonly up: string;
  readonly down: string | null;
}

type MigrationClass = new () => MigrationInterface;

/** The folder at the top of the repository: three levels up from here, in `src` as in `dist`. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations/', import.meta.url));

// TypeORM reads the last 13 digits of a name as a timestamp and sorts by it: a constant plus the number of the file.
const EPOCH = 1_700_000_000_000;

/** Returns the migrations in order, each with its way back (`001_initial_schema.down.sql`). */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const names = await readdir(folder);
  const stems = names.flatMap((name) => /^(\d{3}_\w+)\.sql$/.exec(name)?.[1] ?? []).sort();
  const numbers = stems.map((stem) => stem.slice(0, 3));
  if (new Set(numbers).size < numbers.length) throw new Error(`Two migrations in ${folder} share a number.`);
  return Promise.all(
    stems.map(async (stem) => {
      const down = `${stem}.down.sql`;
      const name = nameOf(stem);
      const up = await readFile(`${folder}/${stem}.sql`, 'utf8');
      // Without it, the service would repeat a migration that ran through psql.
      if (!up.includes(`'${name}'`)) throw new Error(`${stem}.sql does not enter itself in the table as '${name}'.`);
      return { name, up, down: names.includes(down) ? await readFile(`${folder}/${down}`, 'utf8') : null };
    }),
  );
}

function nameOf(stem: string): string {
  const [number = '', ...words] = stem.split('_');
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${title}${EPOCH + Number(number)}`;
}

/** TypeORM requires classes; `run` executes the SQL of either direction. */
export function migrationClass(
  file: MigrationFile,
  run: (runner: QueryRunner, sql: string) => Promise<void>,
): MigrationClass {
  return class implements MigrationInterface {
    readonly name = file.name;

    async up(runner: QueryRunner): Promise<void> {
      await run(runner, file.up).catch((error: unknown) => failed(file.name, error));
    }

    async down(runner: QueryRunner): Promise<void> {
      if (file.down === null) throw new Error(`${file.name} has no way back.`);
      await run(runner, file.down).catch((error: unknown) => failed(`${file.name}, way back`, error));
    }
  };
}

function failed(what: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`The migration failed and was undone: ${what}: ${why}.`, { cause });
}
