create or replace function app.verify_email(p_token_hash bytea)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid;
begin
  select t.user_id into v_user from app.find_mail_token('verify_email', p_token_hash) t;
  -- Of two requests with one token, the second finds it deleted.
  delete from public.mail_tokens where token_hash = p_token_hash and user_id = v_user;
  if not found then
    return false;
  end if;
  update public.users
  set email_verified = true
  where id = v_user
    and not email_verified;
  return true;
end
$$;
comment on function app.verify_email(bytea) is 'Marks the address to which the token went as verified, once. False: the token is not valid.';
