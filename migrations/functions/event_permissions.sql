-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_permissions() returns text[] language sql stable parallel safe
  return array(
    select p.needs
    from unnest(array['errors:read', 'tasks:read', 'validations:read']) p (needs)
    where app.has_permission(p.needs)
  );
comment on function app.event_permissions() is 'What the session may read, of all that an event can need.';
