-- The two functions that the design document names.
create or replace function public.user_has_permission(required text) returns boolean language sql stable parallel safe
  return app.has_permission(required);
comment on function public.user_has_permission(text) is 'Whether this session has the permission. For people at a psql prompt; policies call app.has_permission.';
