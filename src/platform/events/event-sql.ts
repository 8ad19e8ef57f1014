import type { FieldSpec } from '../schema/field.js';
import { fieldsOf } from '../schema/field.js';
import type { EventPayload, EventSource } from './event-source.js';

/** Columns that every change sets, or that no change sets. Reporting them would carry no information. */
const NEVER_REPORTED = new Set(['id', 'team_id', 'version', 'created_at', 'updated_at']);

const HEADER = '-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.\n';

function reportedFields({ shape, without = [] }: EventPayload): readonly FieldSpec[] {
  return fieldsOf(shape).filter(({ name }) => !without.includes(name));
}

function payloadsOf(sources: readonly EventSource[]): readonly EventPayload[] {
  return [...new Map(sources.map(({ payload }) => [payload.name, payload])).values()];
}

/** Written next to each function, so that a module adds events without touching another file. */
const grant = (signature: string): string => `grant execute on function app.${signature} to tm_relay;\n`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** PL/pgSQL, because it caches plans between runs. Before PostgreSQL 18, SQL functions were planned again in every run. */
function dataFunction(payload: EventPayload): string {
  const members = reportedFields(payload).map(({ name, column }, index) => {
    const value = payload.expressions?.[name] ?? `coalesce(p_row -> '${column}', 'null')`;
    return `    '${index === 0 ? '{' : ','}"${name}":', ${value},`;
  });
  return `${HEADER}create or replace function app.event_data_of_${payload.name}(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
${members.join('\n')}
    '}');
end
$$;
${grant(`event_data_of_${payload.name}(jsonb)`)}`;
}

/** One function per source, so that a run of the relay only prepares the expressions of the tables that changed. */
function typesFunction({ name, events }: EventSource): string {
  const cases = events.map(({ type, when }) => `    case when ${when} then '${type}' end`);
  return `${HEADER}create or replace function app.event_types_of_${name}(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
${cases.join(',\n')}
  ], null);
end
$$;
${grant(`event_types_of_${name}(text, uuid, text[], jsonb, jsonb)`)}`;
}

function byTable(sources: readonly EventSource[], result: (source: EventSource) => string): string {
  return sources
    .map((source) => `    when ${source.tables.map(quoted).join(', ')} then return ${result(source)};`)
    .join('\n');
}

function typesDispatch(sources: readonly EventSource[]): string {
  return `${HEADER}create or replace function app.event_types(
  p_table text, p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  case p_table
${byTable(sources, ({ name }) => `app.event_types_of_${name}(p_operation, p_actor, p_changed, p_old, p_new)`)}
    else return '{}';
  end case;
end
$$;
comment on function app.event_types(text, text, uuid, text[], jsonb, jsonb) is
  'The events that one row of the trail stands for, in their order. None for tables that events do not tell of.';
${grant('event_types(text, text, uuid, text[], jsonb, jsonb)')}`;
}

function dataDispatch(sources: readonly EventSource[]): string {
  return `${HEADER}create or replace function app.event_data(p_table text, p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  case p_table
${byTable(sources, ({ payload }) => `app.event_data_of_${payload.name}(p_row)`)}
  end case;
end
$$;
comment on function app.event_data(text, jsonb) is 'The resource of an event, with the names of REST.';
${grant('event_data(text, jsonb)')}`;
}

/** Only for types that name something: the others are not even looked up. */
function namesFunction(sources: readonly EventSource[]): string {
  const cases = sources
    .flatMap(({ events }) => events)
    .flatMap(({ type, names }) => {
      if (!names) return [];
      const members = Object.entries(names).map(([name, sql]) => `',"${name}":', coalesce(${sql}, 'null')`);
      return [`    when ${quoted(type)} then return concat(${members.join(', ')});`];
    });
  return `${HEADER}create or replace function app.event_names(p_type text, p_row jsonb, p_actor uuid) returns text
language plpgsql immutable parallel safe as $$
begin
  case p_type
${cases.join('\n')}
    else return '';
  end case;
end
$$;
comment on function app.event_names(text, jsonb, uuid) is 'What the data of an event names beside the resource, as members of its JSON.';
${grant('event_names(text, jsonb, uuid)')}`;
}

function needsDispatch(sources: readonly EventSource[]): string {
  const cases = sources.map(({ tables, needs }) => tables.map((table) => `    when '${table}' then '${needs}'`)).flat();
  return `${HEADER}create or replace function app.event_needs(p_table text) returns text
language sql immutable parallel safe
  return case p_table
${cases.join('\n')}
  end;
comment on function app.event_needs(text) is 'The permission that reading an event of this table takes.';
${grant('event_needs(text)')}`;
}

function subjectDispatch(sources: readonly EventSource[]): string {
  return `${HEADER}create or replace function app.event_subject(
  p_table text, p_team uuid, p_record uuid, p_task uuid, p_row jsonb)
returns text language plpgsql immutable parallel safe as $$
begin
  case p_table
${byTable(sources, ({ subject }) => subject)}
    else return null;
  end case;
end
$$;
comment on function app.event_subject(text, uuid, uuid, uuid, jsonb) is 'What an event is about, as a path.';
${grant('event_subject(text, uuid, uuid, uuid, jsonb)')}`;
}

/** Every permission that an event can require, each once. */
export function eventPermissions(sources: readonly EventSource[]): readonly string[] {
  return [...new Set(sources.map(({ needs }) => needs))].sort();
}

function permissionsFunction(sources: readonly EventSource[]): string {
  return `${HEADER}create or replace function app.event_permissions() returns text[] language sql stable parallel safe
  return array(
    select p.needs
    from unnest(array[${eventPermissions(sources).map(quoted).join(', ')}]) p (needs)
    where app.has_permission(p.needs)
  );
comment on function app.event_permissions() is 'What the session may read, of all that an event can need.';
`;
}

/** A column name has the same meaning in every table. */
function fieldsFunction(sources: readonly EventSource[]): string {
  const reported = payloadsOf(sources).flatMap((payload) => [
    ...reportedFields(payload)
      .filter(({ name, column }) => {
        const isDerived = payload.expressions?.[name] !== undefined;
        return !isDerived && !NEVER_REPORTED.has(column) && !payload.unchanged?.includes(column);
      })
      .map(({ column, name }): [string, string] => [column, name]),
    ...Object.entries(payload.alsoChanges ?? {}),
  ]);
  const members = [...new Map(reported)].sort(([one], [other]) => (one < other ? -1 : 1));
  return `${HEADER}create or replace function app.event_fields() returns jsonb language sql immutable parallel safe
  return '{
${members.map(([column, name]) => `    "${column}": "${name}"`).join(',\n')}
  }'::jsonb;
comment on function app.event_fields() is 'The columns whose changes are told, with their names.';
${grant('event_fields()')}`;
}

/** The SQL of all declared events: file name → text. */
export function eventFunctions(sources: readonly EventSource[]): ReadonlyMap<string, string> {
  return new Map([
    ...payloadsOf(sources).map((payload) => [`event_data_of_${payload.name}.sql`, dataFunction(payload)] as const),
    ...sources.map((source) => [`event_types_of_${source.name}.sql`, typesFunction(source)] as const),
    ['event_types.sql', typesDispatch(sources)],
    ['event_data.sql', dataDispatch(sources)],
    ['event_names.sql', namesFunction(sources)],
    ['event_subject.sql', subjectDispatch(sources)],
    ['event_needs.sql', needsDispatch(sources)],
    ['event_permissions.sql', permissionsFunction(sources)],
    ['event_fields.sql', fieldsFunction(sources)],
  ]);
}
