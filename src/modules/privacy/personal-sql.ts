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
