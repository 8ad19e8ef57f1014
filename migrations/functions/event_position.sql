create or replace function app.event_position(p_moment timestamptz) returns bigint
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_low bigint;
  v_high bigint;
  v_middle bigint;
  v_gone timestamptz;
begin
  select r.trimmed, r.position, r.trimmed_at into v_low, v_high, v_gone
  from public.event_relay r;
  if p_moment <= v_gone then
    return null;
  end if;
  -- Positions have no gaps and rise with the time, so halving finds the place without an index for it.
  while v_low < v_high
  loop
    v_middle := (v_low + v_high + 1) / 2;
    if (select e.published_at from public.events e where e.position = v_middle) < p_moment then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;
  return v_low;
end
$$;
comment on function app.event_position(timestamptz) is 'The position after which everything was published at or after this moment. Null when some of it is gone.';
