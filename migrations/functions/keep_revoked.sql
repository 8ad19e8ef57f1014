create or replace function app.keep_revoked() returns trigger language plpgsql as $$
begin
  raise exception 'what is revoked stays revoked' using errcode = '42501';
end
$$;
comment on function app.keep_revoked() is 'Whoever has stolen a credential must not be able to bring it back.';
