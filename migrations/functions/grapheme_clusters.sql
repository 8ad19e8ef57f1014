-- Only the marks that stand in words written without spaces; the others have gone in app.fold_text.
create or replace function app.grapheme_clusters(p_run text)
returns text[]
language sql
immutable
strict
parallel safe
return case
  when p_run ~ '[\u0e00-\u17ff\u3099\u309a\U0001f3fb-\U0001f3ff]' then regexp_split_to_array(
    p_run,
    '(?=[^\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u3099\u309a\U0001f3fb-\U0001f3ff])'
  )
  else string_to_array(p_run, null)
end;
comment on function app.grapheme_clusters(text) is
  'The letters of a run of a script without spaces, each with its marks: a vowel or a tone is not searched without its letter.';
