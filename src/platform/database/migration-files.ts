import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A function or a view. A migration includes it with `\ir functions/touch_task.sql`. */
export interface IncludedFile {
  readonly path: string;
  readonly text: string;
  readonly checksum: string;
}

export interface MigrationFile {
  /** The name in TypeORM's table of migrations, such as `InitialSchema1800000000001`. */
  readonly name: string;
  /** The SQL, including the text of included files. */
  readonly up: string;
  readonly down: string | null;
  readonly includes: readonly IncludedFile[];
}

type MigrationClass = new () => MigrationInterface;

/** The folder at the top of the repository: three levels up, both from `src` and from `dist`. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations/', import.meta.url));

/**
 * TypeORM sorts by the last 13 digits of the name, as a time: this fixed time plus the number of the file. Builds
 * before the first release used an earlier time, which identifies their databases.
 */
export const EPOCH = 1_800_000_000_000;

const INCLUDE = /^\\ir (\S+)$/gm;

/** Reads files such as `001_initial_schema.sql` in order, each with its reversal in `down/001_initial_schema.sql`. */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const files = await Promise.all((await stemsIn(folder)).map((stem) => readMigration(folder, stem)));
  requireOneIncludeEach(files);
  return files;
}

/** The names of the migrations in order, without reading their files. */
export async function migrationNames(folder: string): Promise<string[]> {
  return (await stemsIn(folder)).map(nameOf);
}

async function stemsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const stems = names.flatMap((name) => /^(\d{3}_\w+)\.sql$/.exec(name)?.[1] ?? []).sort();
  const numbers = stems.map((stem) => stem.slice(0, 3));
  if (new Set(numbers).size < numbers.length) throw new Error(`Two migrations in ${folder} share a number.`);
  return stems;
}

async function readMigration(folder: string, stem: string): Promise<MigrationFile> {
  const name = nameOf(stem);
  const text = await readFile(`${folder}/${stem}.sql`, 'utf8');
  // Otherwise the service would repeat a migration that psql has run.
  if (!text.includes(`'${name}'`)) throw new Error(`${stem}.sql does not enter itself in the table as '${name}'.`);
  const paths = [...text.matchAll(INCLUDE)].map(([, path = '']) => path);
  const includes = await Promise.all(paths.map((path) => readInclude(folder, stem, path)));
  const texts = new Map(includes.map((file) => [file.path, file.text]));
  const up = text.replace(INCLUDE, (_, path: string) => texts.get(path) ?? '');
  const down = await readFile(`${folder}/down/${stem}.sql`, 'utf8').catch(unlessMissing(() => null));
  return { name, up, down, includes };
}

async function readInclude(folder: string, stem: string, path: string): Promise<IncludedFile> {
  const missing = (): never => {
    throw new Error(`${stem}.sql includes ${path}, which is not there.`);
  };
  const text = await readFile(`${folder}/${path}`, 'utf8').catch(unlessMissing(missing));
  return { path, text, checksum: createHash('sha256').update(text).digest('hex') };
}

function unlessMissing<T>(otherwise: () => T): (error: unknown) => T {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise();
    throw error;
  };
}

/**
 * Refuses a second include of the same file: it would run the current text instead of the original one, and nobody
 * could tell which of them a table needs.
 */
function requireOneIncludeEach(files: readonly MigrationFile[]): void {
  const seen = new Set<string>();
  for (const { path } of files.flatMap((file) => file.includes)) {
    if (seen.has(path)) throw new Error(`Two migrations include ${path}.`);
    seen.add(path);
  }
}

function nameOf(stem: string): string {
  const [number = '', ...words] = stem.split('_');
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${title}${EPOCH + Number(number)}`;
}

/** TypeORM requires classes. `run` executes either direction. */
export function migrationClass(
  file: MigrationFile,
  run: (runner: QueryRunner, sql: string, includes: readonly IncludedFile[]) => Promise<void>,
): MigrationClass {
  return class implements MigrationInterface {
    readonly name = file.name;

    async up(runner: QueryRunner): Promise<void> {
      await run(runner, file.up, file.includes).catch((error: unknown) => failed(file.name, error));
    }

    async down(runner: QueryRunner): Promise<void> {
      if (file.down === null) throw new Error(`${file.name} has no way back.`);
      await run(runner, file.down, []).catch((error: unknown) => failed(`${file.name}, way back`, error));
    }
  };
}

function failed(what: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`The migration failed and was undone: ${what}: ${why}.`, { cause });
}
