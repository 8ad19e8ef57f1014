-- The words of app.fold_text with their positions. A run of a script without spaces becomes pairs of neighbouring clusters and its
-- last cluster alone, so that every part of it is a phrase of pairs. PostgreSQL refuses a lexeme of more than 2,046 bytes.
create or replace function app.search_tokens(p_words text)
returns tsvector
language plpgsql
immutable
strict
parallel safe
as $$
declare
  v_word text;
  v_tokens text[] := '{}';
  v_position integer := 0;
  v_clusters text[];
begin
  if octet_length(p_words) = char_length(p_words) then
    return to_tsvector('pg_catalog.simple', p_words);
  end if;
  foreach v_word in array string_to_array(p_words, ' ')
  loop
    if left(v_word, 1) = U&'\2060' then
      v_clusters := app.grapheme_clusters(substr(v_word, 2));
      for i in 1 .. cardinality(v_clusters)
      loop
        v_position := v_position + 1;
        v_tokens[v_position] := left(v_clusters[i] || coalesce(v_clusters[i + 1], ''), 500) || ':' || v_position;
      end loop;
    elsif v_word <> '' and octet_length(v_word) <= 2046 then
      v_position := v_position + 1;
      v_tokens[v_position] := v_word || ':' || v_position;
    end if;
  end loop;
  return array_to_string(v_tokens, ' ')::tsvector;
end
$$;
comment on function app.search_tokens(text) is
  'Folded words as a tsvector: words, and in a run of a script without spaces pairs of neighbouring clusters.';
