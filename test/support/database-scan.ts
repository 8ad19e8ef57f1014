import type { TestApp } from './app.js';

const TABLES = `
select format('%I.%I', n.nspname, c.relname) as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm')
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  and n.nspname !~ '^pg_temp'
order by 1`;

/**
 * The columns of the database that hold a text, as `table.column`: of every table and partition, in any case, also inside
 * JSON, arrays and bytes.
 */
export async function columnsWith(app: TestApp, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await app.sql<{ name: string }>(TABLES)) {
    const rows = await app.sql<{ column: string }>(
      `select distinct e.key as column
       from ${name} t
       cross join lateral jsonb_each_text(to_jsonb(t)) e
       where e.value ilike $1
         or e.value ilike $2`,
      [`%${text}%`, `%${Buffer.from(text).toString('hex')}%`],
    );
    found.push(...rows.map(({ column }) => `${name}.${column}`));
  }
  return found.sort();
}
