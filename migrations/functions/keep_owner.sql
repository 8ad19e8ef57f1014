create or replace function app.keep_owner() returns trigger language plpgsql as $$
begin
  raise exception 'a user stays a person or an agent of the same owner' using errcode = '42501';
end
$$;
comment on function app.keep_owner() is 'What a service account did is for its owner to answer for, so the owner does not change.';
