create or replace function app.admin_may(required text) returns boolean language sql stable parallel safe
  return app.is_admin() and app.has_permission(required);
comment on function app.admin_may(text) is 'The condition of every policy of tm_admin: the role alone opens nothing.';
