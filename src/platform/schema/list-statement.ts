import type { Statement } from '../database/statement.js';
import { shapedStatement } from '../database/statement.js';
import type { FieldSpec, Shape } from './field.js';
import { sqlTypes } from './field.js';
import { projection } from './projection.js';
import type { Filter, ListRequest, SortKey } from './list-request.js';
import { COMPARISONS, sortSignature } from './list-request.js';
import { encodeCursor } from './cursor.js';

/** A row of a list: its JSON text, its sort values and id as texts, and the total when requested. */
export interface ListRow {
  readonly data: string;
  readonly [column: `key${number}`]: string | null;
  readonly total?: number | null;
}

/** Sort values and id of a row. */
type Position = readonly (string | null | undefined)[];

/** The rows of a page as one JSON text, and the position of the next page. */
export interface Page {
  readonly data: string;
  readonly more: boolean;
  /** Of the last row of a full page. */
  readonly last: Position | null;
  readonly total: number | null;
  /** Of every row, when requested. */
  readonly positions: readonly Position[];
}

/** The source of a list's rows. */
export interface ListSource {
  /** Prefix of statement names. */
  readonly name: string;
  readonly table: string;
  readonly shape: Shape;
  /**
   * True when rows are much wider than what a page is sorted by. The scans then read only that, from an index alone where
   * one holds it, and the rows of the page are fetched by id: 21 of them instead of 21 for each team.
   */
  readonly isWide?: boolean;
  /**
   * The tenant column. A page is merged from one index scan per team (`lateral`), so its cost does not depend on the size
   * of the table. Null when rows do not belong to a single team; one scan reads them.
   */
  readonly teamColumn: string | null;
  /** Fixed conditions, on alias `t`. */
  readonly where: readonly string[];
  /** True scans every team (administrators); false scans the teams of the session. */
  readonly allTeams: boolean;
  /** Restricts the scan to one team. */
  readonly teamIds?: readonly string[] | undefined;
  /** Conditions with their own values, such as the ids that a search found. */
  readonly conditions?: (parameter: (value: unknown) => string) => readonly string[];
}

/** Beyond this many rows a total is an estimate, because counting would cost more than the page. */
export const EXACT_TOTAL_MAX = 10_000;

class Parameters {
  readonly values: unknown[] = [];

  readonly add = (value: unknown): string => {
    this.values.push(value);
    return `$${this.values.length}`;
  };
}

function equality({ field, values, elsewhere = [] }: Filter, add: Parameters['add']): string {
  const column = `t.${field.column}`;
  const cast = sqlTypes[field.kind];
  const present = values.filter((value) => value !== null);
  // Without values no parameter is added: PostgreSQL cannot infer the type of an unused parameter and fails.
  // A single value uses =, so that one index can serve both the filter and the sort order.
  const some = [
    ...(present.length === 1 ? [`${column} = ${add(present[0])}::${cast}`] : []),
    ...(present.length > 1 ? [`${column} = any(${add(present)}::${cast}[])`] : []),
    ...(present.length < values.length ? [`${column} is null`] : []),
    ...elsewhere.map((other) => `t.${other.column} = ${add(other.value)}`),
  ];
  return some.length === 1 ? String(some[0]) : `(${some.join(' or ')})`;
}

function condition(filter: Filter, add: Parameters['add']): string {
  const column = `t.${filter.field.column}`;
  const cast = sqlTypes[filter.field.kind];
  switch (filter.operator) {
    case 'contains':
      return `${column} @> ${add(JSON.stringify(filter.values))}::jsonb`;
    case 'in':
      return equality(filter, add);
    default:
      return `${column} ${COMPARISONS[filter.operator]} ${add(filter.values[0])}::${cast}`;
  }
}

/** Replaces a missing value when sorting. In ascending order such rows come last by time, and first by other fields. */
const absent: Record<FieldSpec['kind'], string> = {
  text: "''",
  integer: '-1',
  number: '-1',
  boolean: 'false',
  uuid: "'00000000-0000-0000-0000-000000000000'",
  timestamp: "'infinity'",
  json: "'null'",
  texts: "'[]'",
};

function sortType({ field }: SortKey): string {
  return field.sortBy?.type ?? sqlTypes[field.kind];
}

/** Never null, because a comparison with null would drop rows between two pages. */
function sortExpression(key: SortKey, alias: string): string {
  const { field } = key;
  const column = `${alias}.${field.sortBy?.column ?? field.column}`;
  if (!field.nullable) return column;
  return `coalesce(${column}, ${field.sortBy ? "'{}'" : absent[field.kind]}::${sortType(key)})`;
}

function orderBy(sort: readonly SortKey[], alias: string): string {
  const last = sort.at(-1)?.descending ? ' desc' : '';
  const keys = sort.map((key) => `${sortExpression(key, alias)}${key.descending ? ' desc' : ''}`);
  return [...keys, `${alias}.id${last}`].join(', ');
}

/** Rows after the cursor. When all keys have the same direction, it is one row comparison, which an index supports. */
function keyset(sort: readonly SortKey[], after: readonly (string | null)[], add: Parameters['add']): string {
  const idDescending = sort.at(-1)?.descending ?? false;
  const keys = [
    ...sort.map((key, index) => ({
      column: sortExpression(key, 't'),
      descending: key.descending,
      value: `${add(after[index])}::${sortType(key)}`,
    })),
    { column: 't.id', descending: idDescending, value: `${add(after.at(-1))}::uuid` },
  ];
  if (keys.every((key) => key.descending === idDescending)) {
    const columns = keys.map((key) => key.column).join(', ');
    return `(${columns}) ${idDescending ? '<' : '>'} (${keys.map((key) => key.value).join(', ')})`;
  }
  const steps = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((one) => `${one.column} = ${one.value}`);
    return `(${[...equal, `${key.column} ${key.descending ? '<' : '>'} ${key.value}`].join(' and ')})`;
  });
  return `(${steps.join(' or ')})`;
}

function teamsOf(source: ListSource, add: Parameters['add']): string {
  if (source.teamColumn === null) return '(select) as team';
  if (source.teamIds) return `unnest(${add(source.teamIds)}::uuid[]) as team (id)`;
  return source.allTeams ? 'public.teams as team' : 'unnest(app.current_team_ids()) as team (id)';
}

function conditionsOf(source: ListSource, request: ListRequest, add: Parameters['add']): string[] {
  const own = source.conditions?.(add) ?? [];
  return [...source.where, ...own, ...request.filters.map((filter) => condition(filter, add))];
}

function restriction(source: ListSource, add: Parameters['add']): string[] {
  const { teamColumn, teamIds } = source;
  return teamColumn !== null && teamIds ? [`t.${teamColumn} = any(${add(teamIds)}::uuid[])`] : [];
}

function countText(source: ListSource, where: readonly string[], add: Parameters['add']): string {
  const conditions = [...restriction(source, add), ...where].join(' and ') || 'true';
  const counted = `select from ${source.table} t where ${conditions} limit ${add(EXACT_TOTAL_MAX + 1)}`;
  return `select count(*)::int as total from (${counted}) matching`;
}

/** The positions of a page, in its order: `near`, from one index scan per team, with the columns that it is sorted by. */
function walkText(source: ListSource, request: ListRequest, add: Parameters['add'], where: readonly string[]): string {
  const teams = teamsOf(source, add);
  const near = source.teamColumn === null ? 'true' : `t.${source.teamColumn} = team.id`;
  const start = request.after && request.after.length > 0 ? [keyset(request.sort, request.after, add)] : [];
  const reach = add(request.limit + 1 + request.offset);
  const columns = new Set(['id', ...request.sort.map(({ field }) => field.sortBy?.column ?? field.column)]);
  const selected = source.isWide ? [...columns].map((column) => `t.${column}`).join(', ') : 't.*';
  return `select near.*
  from ${teams}
  cross join lateral (
    select ${selected}
    from ${source.table} t
    where ${[near, ...where, ...start].join('\n      and ')}
    order by ${orderBy(request.sort, 't')}
    limit ${reach}
  ) near
  order by ${orderBy(request.sort, 'near')}
  limit ${request.offset > 0 ? `${add(request.limit + 1)} offset ${add(request.offset)}` : reach}`;
}

/**
 * Builds the statement of one page. It returns a row more than the page has, which says whether there is another page,
 * and each row as columns. Numbering and joining the rows in PostgreSQL took 60 us of a page of 20 (decision 0030).
 */
export function listPage(source: ListSource, request: ListRequest): Statement<ListRow> {
  const { values, add } = new Parameters();
  const where = conditionsOf(source, request, add);
  const walk = walkText(source, request, add, where);
  const keys = [...request.sort.map((key) => sortExpression(key, 'near')), 'near.id'];
  const columns = keys.map((key, index) => `${key}::text as key${index}`);
  // A total is returned for an empty page too.
  const [join, on] = request.total ? ['left join lateral', 'on true'] : ['cross join lateral', ''];
  const from = request.total
    ? `(${countText(source, where, add)}) counted\n${join} (\n  ${walk}\n) near ${on}`
    : `(\n  ${walk}\n) near`;
  const row = source.isWide ? `\n${join} (select * from ${source.table} t where t.id = near.id limit 1) p ${on}` : '';
  const text = `select
  ${[...(request.total ? ['counted.total'] : []), ...columns].join(',\n  ')},
  ${projection(source.shape, source.isWide ? 'p' : 'near', request.fields)}
from ${from}${row}
order by ${orderBy(request.sort, 'near')}`;
  return { ...shapedStatement(source.name, text, values), jsonFrom: columns.length + (request.total ? 1 : 0) };
}

/** The page that the rows of `listPage` make. */
export function pageOf(rows: readonly ListRow[], request: ListRequest): Page {
  const id = request.sort.length;
  const found = rows.filter((row) => row[`key${id}`] !== null);
  const shown = found.slice(0, request.limit);
  const positionOf = (row: ListRow): Position => Array.from({ length: id + 1 }, (_, index) => row[`key${index}`]);
  const last = found[request.limit - 1];
  return {
    data: shown.map((row) => row.data).join(','),
    more: found.length > request.limit,
    last: last ? positionOf(last) : null,
    total: rows[0]?.total ?? null,
    positions: request.edges ? shown.map(positionOf) : [],
  };
}

/** Estimates the matching rows from a sample of the table's pages, at a bounded cost for any size. */
export function listEstimate(source: ListSource, request: ListRequest): Statement<{ total: number }> {
  const { values, add } = new Parameters();
  const where = conditionsOf(source, request, add);
  const conditions = [...restriction(source, add), ...where].join(' and ') || 'true';
  const text = `select greatest(coalesce(count(*) * 100 / min(share.percent), 0), ${EXACT_TOTAL_MAX + 1})::int as total
from (
  select least(100, 100 * 1000.0 / greatest(c.relpages, 1))::real as percent
  from pg_catalog.pg_class c
  where c.oid = '${source.table}'::regclass
) share
cross join lateral (
  select 1
  from ${source.table} t tablesample system (share.percent) repeatable (1)
  where ${conditions}
) sample`;
  return shapedStatement(`${source.name}_estimate`, text, values);
}

/** The cursor of the next page, or null on the last one. */
export function nextCursor(page: Page, request: ListRequest): string | null {
  if (!page.more || page.last === null) return null;
  return encodeCursor(sortSignature(request.sort), page.last);
}

/** The cursor of every row, when requested. */
export function rowCursors(page: Page, request: ListRequest): readonly string[] {
  const signature = sortSignature(request.sort);
  return page.positions.map((position) => encodeCursor(signature, position));
}
