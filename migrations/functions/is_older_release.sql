create or replace function app.is_older_release(
  p_team uuid, p_project text, p_service text, p_version text, p_than text, p_since timestamptz)
returns boolean
language sql
stable
begin atomic
  select case
    when p_version is null or p_than is null or p_version = p_than then false
    -- 999.9.9 of a developer and 2.4.1 are not of one sequence. Compared as versions, every release after the fix would be
    -- older than 999.9.9, and the error never regress again.
    when greatest(left(app.release_key(p_version), 20)::numeric, left(app.release_key(p_than), 20)::numeric)
      <= 5 * greatest(2, least(left(app.release_key(p_version), 20)::numeric, left(app.release_key(p_than), 20)::numeric))
      and app.release_key(p_version) is not null
      and app.release_key(p_than) is not null
    then app.release_key(p_version) collate "C" < app.release_key(p_than) collate "C"
    else coalesce(
      (
        select r.first_seen_at
        from public.error_releases r
        where (r.team_id, r.project_key, r.service_name, r.service_version)
          = (p_team, coalesce(p_project, ''), coalesce(p_service, ''), p_version)
      ) < coalesce(
        (
          select r.first_seen_at
          from public.error_releases r
          where (r.team_id, r.project_key, r.service_name, r.service_version)
            = (p_team, coalesce(p_project, ''), coalesce(p_service, ''), p_than)
        ),
        p_since),
      false)
  end;
end;
comment on function app.is_older_release(uuid, text, text, text, text, timestamptz) is
  'Whether one release came before another: by version where both are one and their first numbers are near, else by which appeared first. A release that was never seen appears after p_since.';
