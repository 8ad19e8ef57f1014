-- The statements are made from the classification of the columns (app.personal_columns), so a new column is part of it.
create or replace function app.erase_texts(
  p_user uuid, p_teams uuid[], p_records uuid[], p_is_verified boolean, p_words text[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- The first word is the address.
  v_mail text := app.person_pattern(p_words[1:1]);
  v_all text := app.person_pattern(p_words);
  v_needles text[] := array(
    select '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    from unnest(p_words || array(select trim(both '"' from to_json(w)::text) from unnest(p_words) w)) w
    where length(w) > 2);
  v_names text[] := array(select lower(w) from unnest(p_words) w);
  v_table record;
  v_pattern text;
begin
  for v_table in
    select
      c.table_name, c.author, c.record, c.team, c.columns,
      (
        select string_agg(
          format(
            case
              when a.atttypid = 'jsonb'::regtype then 'app.without_person(t.%1$I, %%1$s, $6)'
              -- Two that differ in the person alone would become the same.
              when exists (
                select
                from pg_index i
                where i.indrelid = a.attrelid
                  and i.indisunique
                  and pg_get_indexdef(i.indexrelid) ~ ('\m' || a.attname || '\M'))
              then
                '(select case when w.text = t.%1$I then w.text else left(w.text, 30) || ''-'' || right(t.id::text, 12) end '
                || 'from app.without_person(t.%1$I::text, %%1$s) w (text))::%2$s'
              else 'app.without_person(t.%1$I::text, %%1$s)::%2$s'
            end,
            a.attname, format_type(a.atttypid, a.atttypmod)),
          ', ' order by a.attnum)
        from pg_attribute a
        where a.attrelid = ('public.' || c.table_name)::regclass
          and a.attname = any(c.columns)
      ) as texts,
      (
        select string_agg(format('t.%I', a.attname), ', ' order by a.attnum)
        from pg_attribute a
        where a.attrelid = ('public.' || c.table_name)::regclass
          and a.attname = any(c.columns)
      ) as olds,
      (
        select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
        from pg_attribute a
        where a.attrelid = ('public.' || c.table_name)::regclass
          and a.attname = any(c.columns)
      ) as names
    from app.personal_columns() c
    where c.kind = 'text'
  loop
    -- In what others wrote, only the address: a name may be any word, and who chooses one would choose what to take out of the
    -- texts of others. An address that is not known to be theirs counts in their own teams alone.
    v_pattern := format('(case when %s or %s = any($8) then $2 when $5 or t.%I = any($4) then $3 end)',
      case when v_table.author is null then 'false' else format('t.%I = $1', v_table.author) end,
      v_table.record, v_table.team);
    execute format(
      'update public.%1$I t
       set (%2$s) = row(%3$s)
       where concat_ws(chr(10), %4$s) ilike any($7)
         and row(%3$s) is distinct from row(%4$s)',
      v_table.table_name, v_table.names, format(v_table.texts, v_pattern), v_table.olds)
    using p_user, v_all, v_mail, p_teams, p_is_verified, v_names, v_needles, p_records;
  end loop;
end
$$;
comment on function app.erase_texts(uuid, uuid[], uuid[], boolean, text[]) is
  'Takes the words of a person out of the texts of teams: all of them out of the records that the person wrote to, the address out of the rest.';
