create or replace function app.touch_webhook() returns trigger language plpgsql as $$
declare
  c_bookkeeping constant text[] := '{failure_count,failing_since,paused_until,last_delivered_at}';
begin
  if tg_op = 'UPDATE' then
    if to_jsonb(new) - c_bookkeeping = to_jsonb(old) - c_bookkeeping then
      return new;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  -- Whoever decides where the events go must not be sent what another person may see.
  if current_user in ('tm_app_rw', 'tm_admin') then
    new.owner_id := app.current_user_id();
    new.scopes := case when app.is_narrowed() then nullif(current_setting('app.permissions', true), '')::text[] end;
  end if;
  if new.is_enabled then
    new.disabled_reason := null;
    new.disabled_at := null;
    if tg_op = 'UPDATE' and not old.is_enabled then
      new.failure_count := 0;
      new.failing_since := null;
      new.paused_until := null;
    end if;
  else
    new.disabled_reason := coalesce(new.disabled_reason, 'user');
    new.disabled_at := coalesce(new.disabled_at, now());
  end if;
  return new;
end
$$;
comment on function app.touch_webhook() is 'Version, owner and the traces of being disabled.';
