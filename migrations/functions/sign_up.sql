create or replace function app.sign_up(p_email text, p_name text, p_password_hash text, p_language text, p_token_hash bytea, p_sealed_mail text)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid := app.create_account(p_email, p_name, p_password_hash, p_language, null);
begin
  if v_user is null then
    return null;
  end if;
  update public.users set is_self_registered = true where id = v_user;
  insert into public.mail_tokens (user_id, purpose, token_hash, email, expires_at)
  values (v_user, 'verify_email', p_token_hash, p_email, now() + interval '3 days');
  perform app.queue_job('send-mail', p_sealed_mail);
  return v_user;
end
$$;
comment on function app.sign_up(text, text, text, text, bytea, text) is
  'Creates the account of somebody who signs up, and queues the mail that verifies its address. Null: the address has an account.';
