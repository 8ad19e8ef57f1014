create or replace function app.forget_verification() returns trigger language plpgsql as $$
begin
  -- Who controlled the old address need not control the new one.
  new.email_verified := false;
  return new;
end
$$;
comment on function app.forget_verification() is 'A new e-mail address is not verified.';
