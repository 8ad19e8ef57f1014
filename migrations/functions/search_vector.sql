-- What q= searches of a text. The first branch is the short way of most texts, plain ASCII without names such as getUserById:
-- the parser of PostgreSQL makes the same words of it, once nothing glues them together, in a tenth of the time.
-- Rows keep the words: a change here or in what it calls takes a migration that writes the columns search again.
-- A word with parts is there twice, whole among whole words and in parts among parts, so that phrases of both are found.
create or replace function app.search_vector(p_text text)
returns tsvector
language plpgsql
immutable
strict
parallel safe
as $$
declare
  v_words text;
begin
  if octet_length(p_text) = char_length(p_text) and p_text !~ '[a-z][0-9]*[A-Z]|[A-Z][A-Z][a-z]{2}' then
    return to_tsvector('pg_catalog.simple', regexp_replace(p_text, '[-./<&+~]+', ' ', 'g'));
  end if;
  v_words := app.fold_text(p_text);
  return case
    when strpos(v_words, U&'\200c') = 0 then app.search_tokens(v_words)
    else app.search_tokens(replace(v_words, U&'\200c', '')) || app.search_tokens(replace(v_words, U&'\200c', ' '))
  end;
end
$$;
comment on function app.search_vector(text) is
  'The words that a reader sees in a text, folded, with their positions: parts of paths, names and numbers, and of runs without spaces.';
