create or replace function app.audit_table(p_table regclass, p_secret text[] default '{}', p_bookkeeping text[] default '{}')
returns void
language plpgsql
as $$
declare
  v_name text := (select relname from pg_class where oid = p_table);
  v_columns text[] := array(
    select a.attname from pg_attribute a where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped);
  v_generated text[] := array(
    select a.attname from pg_attribute a where a.attrelid = p_table and a.attgenerated <> '' and not a.attisdropped
    order by a.attnum);
  v_key text[] := array(
    select a.attname
    from pg_index i
    cross join lateral unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where i.indrelid = p_table
      and i.indisprimary
    order by k.place);
  v_unknown text[] := array(select unnest(p_secret || p_bookkeeping) except select unnest(v_columns));
  v_is_id boolean;
  v_arguments text;
begin
  if v_key = '{}' then
    raise exception 'table % has no primary key', p_table;
  elsif v_unknown <> '{}' then
    raise exception 'table % has no columns %', p_table, v_unknown;
  end if;
  v_is_id := cardinality(v_key) = 1 and exists (
    select from pg_attribute a where a.attrelid = p_table and a.attname = v_key[1] and a.atttypid = 'uuid'::regtype);
  v_arguments := format('%L, %L, %L, %L, %L, %L',
    case when v_is_id then v_key[1] else '' end,
    case when v_is_id then '{}' else v_key end,
    case when p_table = 'public.teams'::regclass then 'id' when 'team_id' = any(v_columns) then 'team_id' else '' end,
    v_generated,
    p_bookkeeping || array(select unnest(array['updated_at', 'version']) intersect select unnest(v_columns) order by 1),
    p_secret);
  execute format(
    'create or replace trigger %I after insert on %s referencing new table as after_rows
     for each statement execute function app.record_audit(%s)',
    v_name || '_audit_insert', p_table, v_arguments);
  execute format(
    'create or replace trigger %I after update on %s referencing old table as before_rows new table as after_rows
     for each statement execute function app.record_audit(%s)',
    v_name || '_audit_update', p_table, v_arguments);
  execute format(
    'create or replace trigger %I after delete on %s referencing old table as before_rows
     for each statement execute function app.record_audit(%s)',
    v_name || '_audit_delete', p_table, v_arguments);
  execute format(
    'create or replace trigger %I before truncate on %s for each statement execute function app.refuse_truncate()',
    v_name || '_audit_truncate', p_table);
end
$$;
comment on function app.audit_table(regclass, text[], text[]) is
  'Attaches the audit trail to a table: columns whose values it must never hold, and columns whose change alone leaves no row (updated_at and version never do). Every new table calls it, and again when its key or generated columns change.';
