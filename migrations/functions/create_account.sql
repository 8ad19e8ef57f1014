create or replace function app.create_account(p_email text, p_name text, p_password_hash text, p_language text, p_role uuid)
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid;
begin
  -- The address is the user name: a shorter one would tell strangers which names are taken. An administrator may have given
  -- this text to somebody as a name.
  insert into public.users (username, email, name, password_hash, role_id, language)
  select
    case
      when exists (select from public.users u where u.username = left(p_email, 100)) then gen_random_uuid()::text
      else left(p_email, 100)
    end,
    p_email, p_name, p_password_hash, r.id, p_language
  from public.user_roles r
  where r.id = p_role
    or (p_role is null and r.role_name = 'developer')
  on conflict do nothing
  returning id into v_user;
  return v_user;
end
$$;
comment on function app.create_account(text, text, text, text, uuid) is
  'An account made by its owner; the role developer unless another is given. Null: the address has an account.';
