import { personalData } from './personal-data.js';
import type { PersonalTable } from './personal-table.js';

const HEADER = '-- Generated from src/modules/privacy/personal-data.ts. Run npm run generate.\n';

const wireName = (column: string): string => column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const exportedColumns = ({ classes }: PersonalTable): readonly string[] =>
  classes.filter(({ isExported }) => isExported).flatMap(({ columns }) => columns);

const exportedTables = Object.entries(personalData).filter(([, { rows }]) => rows !== 'false');

/** Names of the tables whose rows a person gets a copy of. */
export const EXPORTED_TABLES: readonly string[] = exportedTables.map(([name]) => name);

function section([name, table]: readonly [string, PersonalTable]): string {
  const columns = exportedColumns(table).map((column) => {
    const value = table.expressions?.[column] ?? `t.${column}`;
    return `        ${value} as "${wireName(column)}"`;
  });
  // The first columns are the key, so that pages follow each other.
  const order = columns.slice(0, 3).map((_, index) => index + 1);
  return `  if p_table is null or p_table = '${name}' then
    return query
    with found as materialized (
      select
${columns.join(',\n')}
      from public.${name} t
      where ${table.rows}
      order by ${order.join(', ')}
    )
    select
      '${name}',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
`;
}

/** The SQL function that gives people a copy of what the database holds of them. */
export const exportFunction =
  (): string => `${HEADER}create or replace function app.export_person(p_table text, p_limit integer, p_offset integer)
returns table (name text, total bigint, "rows" text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  p_user uuid := app.current_user_id();
begin
  if p_user is null or app.is_narrowed() then
    raise exception 'a credential with scopes exports nothing of its owner' using errcode = '42501';
  end if;
${exportedTables.map(section).join('')}end
$$;
comment on function app.export_person(text, integer, integer) is
  'What the database holds of the user of the session: for each table, or for one, the number of rows and a page of them as JSON.';
`;

/** The trail, the stream and the queue mix the people of all teams; app.erase_trail knows them. */
const MIXED = new Set(['audit_logs', 'events', 'graphile_worker._private_jobs']);
const AUTHORS = ['created_by', 'user_id', 'owner_id', 'changed_by', 'retried_by'];

/** Where the record is another row, whose history tells who wrote to it. */
const RECORDS: Readonly<Record<string, string>> = {
  validation_attempts: 't.validation_result_id',
  validation_findings: 't.validation_result_id',
  error_occurrences: 't.error_id',
  error_resolutions: 't.error_id',
  task_lists: '(select p.id from public.projects p where p.team_id = t.team_id and p.project_key = t.project_key)',
  task_exchanges: '(select p.id from public.projects p where p.team_id = t.team_id and p.project_key = t.project_key)',
};
const TEAMS: Readonly<Record<string, string>> = { teams: 'id', user_roles: 'id', users: 'default_team_id' };

function textsOf(name: string, columns: readonly string[], author?: string): string {
  const values = [author, RECORDS[name] ?? 't.id', TEAMS[name] ?? 'team_id'];
  const texts = values.map((value) => (value === undefined ? 'null' : `'${value}'`));
  return `('${name}', 'text', ${texts.join(', ')}, '{${columns.join(',')}}')`;
}

function fate([name, { classes }]: readonly [string, PersonalTable]): readonly string[] {
  const of = (wanted: string): readonly string[] =>
    classes.filter(({ erasure }) => erasure === wanted).flatMap(({ columns }) => columns);
  const texts = of('pseudonymise');
  if (texts.length === 0) {
    const isAccount = classes.every(({ erasure }) => erasure === 'delete row');
    return isAccount ? [`('${name}', 'account', null, null, null, '{}')`] : [];
  }
  if (MIXED.has(name)) return [];
  return [
    textsOf(
      name,
      texts,
      AUTHORS.find((column) => of('null').includes(column)),
    ),
  ];
}

/** The SQL function that tells erasure which tables belong to people and which columns hold what they wrote. */
export const columnsFunction = (): string => `${HEADER}create or replace function app.personal_columns()
returns table (table_name text, kind text, author text, record text, team text, columns text[])
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select v.table_name, v.kind, v.author, v.record, v.team, v.columns::text[]
  from (
    values
${Object.entries(personalData)
  .flatMap(fate)
  // What administrators note of others may name the person, too.
  .concat(textsOf('users', ['metadata']))
  .map((line) => `      ${line}`)
  .join(',\n')}
  ) v (table_name, kind, author, record, team, columns);
end;
comment on function app.personal_columns() is
  'Tables whose rows belong to one person (account), and columns with what people wrote (text): who made the row, the record whose trail tells who wrote to it, and its team.';
`;
