-- Positions count as in app.search_tokens. The last cluster of a run has no pair in the text when the run ends there, so a single
-- cluster is searched as the beginning of one. A phrase is a tree as deep as it is long: beyond 1,000 words it would use up the
-- stack, and no query of 500 characters comes there but by ligatures that fold to sentences.
create or replace function app.search_phrase(p_words text, p_prefix boolean)
returns text
language plpgsql
immutable
strict
parallel safe
as $$
declare
  v_word text;
  v_is_run boolean;
  v_clusters text[];
  v_phrase text := '';
  v_position integer := 0;
  v_last integer := 0;
begin
  foreach v_word in array array_remove(string_to_array(p_words, ' '), '')
  loop
    exit when v_position >= 1000;
    v_is_run := left(v_word, 1) = U&'\2060';
    continue when not v_is_run and octet_length(v_word) > 2046;
    v_clusters := case when v_is_run then app.grapheme_clusters(substr(v_word, 2)) else array[v_word] end;
    for i in 1 .. least(greatest(cardinality(v_clusters) - 1, 1), 1000)
    loop
      v_phrase := v_phrase
        || case when v_phrase = '' then '' else '<' || v_position + i - v_last || '>' end
        || '''' || case when v_is_run then left(v_clusters[i] || coalesce(v_clusters[i + 1], ''), 500) else v_word end || '''';
      v_last := v_position + i;
    end loop;
    if v_is_run and cardinality(v_clusters) = 1 then
      v_phrase := v_phrase || ':*';
    end if;
    v_position := v_position + cardinality(v_clusters);
  end loop;
  return v_phrase || case when p_prefix and not v_is_run and char_length(v_word) >= 3 then ':*' else '' end;
end
$$;
comment on function app.search_phrase(text, boolean) is
  'Folded words as the text of a tsquery that finds them one after the other; as a prefix, when the last has three letters or more.';
