create or replace function app.validation_has_ended(p_status text) returns boolean language sql immutable strict parallel safe
  return p_status in ('passed', 'failed', 'warning', 'error', 'skipped', 'cancelled', 'timed_out');
comment on function app.validation_has_ended(text) is 'Whether the status is final.';
