import type { QueryRunner } from 'typeorm';
import type { IncludedFile } from './migration-files.js';

// The first migration creates the table. A folder of other migrations may not have it, and then nothing is recorded.
const HAS_TABLE = `select to_regclass('public.migration_files') is not null as found`;

const RECORD = `
insert into public.migration_files (name, checksum, version)
select f.name, f.checksum, $3
from unnest($1::text[], $2::text[]) f (name, checksum)
on conflict (name) do update
set checksum = excluded.checksum,
    version = excluded.version`;

const CREATED = /^create or replace (?:function|view) (\w+)\.(\w+)/gim;

// Each signature of these names, its owner, and whether the owner may create objects in the schema, which `create or
// replace` also requires.
const OBJECTS = `
select o.signature, o.owner::regrole::text as owner, n.schema, has_schema_privilege(o.owner, n.schema, 'create') as "mayCreate"
from unnest($1::text[], $2::text[]) n (schema, name)
cross join lateral (
  select p.oid::regprocedure::text as signature, p.proowner as owner
  from pg_proc p
  where p.pronamespace = n.schema::regnamespace
    and p.proname = n.name
  union all
  select c.oid::regclass::text, c.relowner
  from pg_class c
  where c.relnamespace = n.schema::regnamespace
    and c.relname = n.name
    and c.relkind = 'v'
) o
order by 1`;

interface AppliedFile {
  readonly name: string;
  readonly checksum: string;
  readonly version: string | null;
}

interface DatabaseObject {
  readonly signature: string;
  readonly owner: string;
  readonly schema: string;
  readonly mayCreate: boolean;
}

/** Records the files that a migration has applied, so that they are not applied again. */
export async function recordFiles(
  runner: QueryRunner,
  files: readonly IncludedFile[],
  version: string | null,
): Promise<void> {
  if (files.length === 0 || !(await hasTable(runner))) return;
  await runner.query(RECORD, [files.map((file) => file.path), files.map((file) => file.checksum), version]);
}

/**
 * The files whose text differs from the text applied last. psql records nothing, so after psql that is every file.
 * Files applied by a newer build stay: during an update, an instance of the previous version may still start.
 */
export async function changedFiles(
  runner: QueryRunner,
  files: readonly IncludedFile[],
  version: string | null,
): Promise<IncludedFile[]> {
  if (files.length === 0 || !(await hasTable(runner))) return [];
  const rows = (await runner.query('select name, checksum, version from public.migration_files')) as AppliedFile[];
  const applied = new Map(rows.map((row) => [row.name, row]));
  return files.filter((file) => {
    const last = applied.get(file.path);
    return last?.checksum !== file.checksum && !isNewer(last?.version ?? null, version);
  });
}

function isNewer(version: string | null, than: string | null): boolean {
  return version !== null && than !== null && version.localeCompare(than, 'en', { numeric: true }) > 0;
}

/** Applies the files again, each in its own transaction. */
export async function applyFiles(
  runner: QueryRunner,
  files: readonly IncludedFile[],
  version: string | null,
): Promise<void> {
  for (const file of files) {
    await runner.startTransaction();
    try {
      await apply(runner, file);
      await recordFiles(runner, [file], version);
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${file.path} was not applied again: ${why}`, { cause: error });
    }
  }
}

/**
 * Runs as the owner, so that owner and grants are kept. It refuses a new signature, because the old one would remain
 * beside it and the new one would have default grants. That change needs a migration that drops one and grants the
 * other.
 */
async function apply(runner: QueryRunner, file: IncludedFile): Promise<void> {
  const before = await objectsOf(runner, file);
  const owner = before[0]?.owner;
  const schemas = new Set(before.filter((object) => !object.mayCreate).map((object) => object.schema));
  for (const schema of schemas) await runner.query(`grant create on schema ${schema} to ${owner}`);
  if (owner) await runner.query(`set local role ${owner}`);
  await runner.query(file.text);
  await runner.query('set local role tm_owner');
  for (const schema of schemas) await runner.query(`revoke create on schema ${schema} from ${owner}`);
  const signatures = (objects: readonly DatabaseObject[]): string =>
    objects.map(({ signature }) => signature).join(' ');
  const after = await objectsOf(runner, file);
  if (signatures(after) !== signatures(before)) throw new Error('a new signature takes a migration of its own.');
}

async function objectsOf(runner: QueryRunner, file: IncludedFile): Promise<DatabaseObject[]> {
  const names = [...file.text.matchAll(CREATED)];
  return (await runner.query(OBJECTS, [
    names.map(([, schema = '']) => schema),
    names.map(([, , name = '']) => name),
  ])) as DatabaseObject[];
}

async function hasTable(runner: QueryRunner): Promise<boolean> {
  const [row] = (await runner.query(HAS_TABLE)) as { found: boolean }[];
  return row?.found ?? false;
}
