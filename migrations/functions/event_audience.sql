create or replace function app.event_audience(p_users uuid[], p_credentials uuid[], p_scopes text[])
returns table (place bigint, team_ids uuid[], permissions text[], is_admin boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    a.place,
    array(select t.team_id from public.team_members t where t.user_id = a.user_id),
    app.narrow(app.narrow(h.permissions, app.text_list(c.scopes)), string_to_array(a.scopes, ' ')),
    '*' = any(h.permissions)
  from unnest(p_users, p_credentials, p_scopes) with ordinality a (user_id, credential_id, scopes, place)
  join public.users u on u.id = a.user_id and u.is_active
  join public.user_roles r on r.id = u.role_id and r.is_active
  -- What a service account holds is bounded by what its owner holds.
  left join public.users o on o.id = u.owner_id and o.is_active
  left join public.user_roles held on held.id = o.role_id and held.is_active
  cross join lateral (
    select case when u.owner_id is null then r.permission_list else app.narrow(held.permission_list, r.permission_list) end
      as permissions
    where u.owner_id is null
      or held.id is not null
  ) h
  cross join lateral (
    select k.scopes
    from public.api_keys k
    where k.id = a.credential_id
      and k.user_id = a.user_id
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
    union all
    select s.scopes
    from public.sessions s
    where s.id = a.credential_id
      and s.user_id = a.user_id
      and s.revoked_at is null
      and s.expires_at > now()
  ) c
  where app.system_reason() is not null;
end;
comment on function app.event_audience(uuid[], uuid[], text[]) is
  'What app.open_session would find at this moment, for many credentials at once. One that is not alive is left out.';
