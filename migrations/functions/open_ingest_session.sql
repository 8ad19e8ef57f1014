create or replace function app.open_ingest_session(p_key uuid, p_request jsonb, p_role text)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team uuid;
  v_project text;
begin
  select k.team_id, k.project_key
  into v_team, v_project
  from public.ingest_keys k
  join public.projects p on p.team_id = k.team_id and p.project_key = k.project_key and p.deleted_at is null
  where k.id = p_key
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now());
  if not found then
    raise exception 'the credential is not valid' using errcode = '28000';
  end if;
  -- No user, no team and no permission: no policy lets anything through. app.may_report opens the functions that record.
  perform
    set_config('app.user_id', '', true),
    set_config('app.credential_id', p_key::text, true),
    set_config('app.team_ids', '{}', true),
    set_config('app.permissions', '{}', true),
    set_config('app.is_admin', 'off', true),
    set_config('app.is_narrowed', 'on', true),
    set_config('app.ingest_project', v_project, true),
    set_config('app.ingest_team_ids', array[v_team]::text, true),
    set_config('app.request', coalesce(p_request::text, ''), true);
  return p_role;
end
$$;
comment on function app.open_ingest_session(uuid, jsonb, text) is
  'Scopes the transaction to an ingest key, which acts as no user. Called by app.open_session alone.';
