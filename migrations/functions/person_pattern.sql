create or replace function app.person_pattern(p_words text[]) returns text
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  -- Words stand alone: the name Al is no part of Alan, and anna@example.com no part of joanna@example.com.
  select '(?<![[:alnum:]._%+-])(?:' || string_agg(regexp_replace(w.word, '([!-/:-@\[-`{-~])', '\\\1', 'g'), '|')
    || ')(?![[:alnum:]_-]|\.[[:alnum:]])'
  from unnest(p_words) w (word)
  where length(w.word) > 2;
end;
comment on function app.person_pattern(text[]) is
  'A regular expression that finds the words of a person in a text. Null: there are none of three letters or more.';
