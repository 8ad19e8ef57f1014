create or replace function app.is_open(p_status text, p_deleted_at timestamptz, p_cancelled_satisfies boolean)
returns boolean language sql immutable parallel safe
  return p_deleted_at is null
    and p_status <> 'completed'
    and not (p_status = 'cancelled' and coalesce(p_cancelled_satisfies, false));
comment on function app.is_open(text, timestamptz, boolean) is
  'Whether a prerequisite still has to be waited for. The option is that of the dependant''s project.';
