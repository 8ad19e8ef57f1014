-- Not websearch_to_tsquery: its parser depends on the locale, takes " - " for an exclusion, and fails on 33 minus signs.
create or replace function app.search_query(p_text text)
returns tsquery
language plpgsql
immutable
strict
parallel safe
as $$
declare
  v_term text;
  v_is_last boolean;
  v_words text;
  v_prefix boolean;
  v_operand text;
  v_parts text;
  v_query text := '';
  v_or boolean := false;
begin
  for v_term, v_is_last in
    select t.match[1], lead(t.n) over (order by t.n) is null
    from regexp_matches(
      p_text,
      '-?"[^"]*"?|[^"\u0001-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+',
      'g'
    ) with ordinality t (match, n)
    order by t.n
    limit 1000
  loop
    if lower(v_term) = 'or' and v_query <> '' and not v_or then
      v_or := true;
      continue;
    end if;
    v_words := app.fold_text(v_term);
    v_prefix := v_is_last and v_term ~ '^[^"-].*\*$';
    v_operand := app.search_phrase(replace(v_words, U&'\200c', ''), v_prefix);
    if strpos(v_words, U&'\200c') > 0 then
      v_parts := app.search_phrase(replace(v_words, U&'\200c', ' '), v_prefix);
      v_operand := concat_ws(' | ', nullif(v_operand, ''), nullif(v_parts, ''));
    end if;
    if v_operand <> '' then
      v_query := v_query
        || case when v_query = '' then '' when v_or then ' | ' else ' & ' end
        || case when v_term ~ '^-[^-]' then '!' else '' end
        || '(' || v_operand || ')';
      v_or := false;
    end if;
  end loop;
  return (v_query || case when v_or then ' & or' else '' end)::tsquery;
end
$$;
comment on function app.search_query(text) is
  'What a person types, as a query: words, "phrases", or, -not; a star after the last word makes it a prefix of at least three letters.';
