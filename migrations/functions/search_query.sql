create or replace function app.search_query(p_text text)
returns tsquery
language sql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select case
    when p_text ~ '[[:alnum:]]{3}\*$' and q.query::text ~ '(^|[^!])''[^'']+''$' then (q.query::text || ':*')::tsquery
    else q.query
  end
  from (select websearch_to_tsquery('pg_catalog.simple', p_text) as query) q;
end;
comment on function app.search_query(text) is
  'What a person types, as a query: words, "phrases", or, -not; a star after the last word makes it a prefix of at least three letters.';
