create or replace function app.create_first_admin(p_email text, p_name text, p_password_hash text, p_key_prefix text, p_key_hash bytea)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid;
begin
  -- Many instances may start on an empty database at once: one of them makes the admin.
  perform pg_advisory_xact_lock(hashtext('taskmaster first admin'));
  if exists (select from public.users) then
    return null;
  end if;
  insert into public.users (username, email, name, password_hash, role_id)
  select split_part(p_email, '@', 1), p_email, p_name, p_password_hash, r.id
  from public.user_roles r
  where r.role_name = 'admin'
  returning id into v_user;
  insert into public.api_keys (user_id, name, prefix, key_hash)
  values (v_user, 'first run', p_key_prefix, p_key_hash);
  return v_user;
end
$$;
comment on function app.create_first_admin(text, text, text, text, bytea) is 'The admin of a new installation. Does nothing, and answers null, once there is any user.';
