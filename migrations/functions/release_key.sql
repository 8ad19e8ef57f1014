create or replace function app.release_key(p_version text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select
    lpad(v.part[1], 20, '0')
    || lpad(coalesce(v.part[2], ''), 20, '0')
    || lpad(coalesce(v.part[3], ''), 20, '0')
    || lpad(coalesce(v.part[4], ''), 20, '0')
    || coalesce(
      (
        select string_agg(case when word ~ '^\d{1,20}$' then '0' || lpad(word, 20, '0') else '1' || word end, ' ' order by place)
        from unnest(string_to_array(v.part[5], '.')) with ordinality as w (word, place)
      ),
      '~')
  from (
    select regexp_match(
      p_version,
      '^(?:[^@\s]+@)?v?(\d{1,20})(?:\.(\d{1,20}))?(?:\.(\d{1,20}))?(?:\.(\d{1,20}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$'
    ) as part
  ) v
  where v.part is not null;
end;
comment on function app.release_key(text) is
  'A text that sorts (collate "C") as the version does by the rules of semver.org, or null when it is no such version. One to four numbers, with v or package@ before them.';
