create or replace function app.use_second_factor(p_user uuid, p_step bigint, p_recovery_hash bytea)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_step is not null then
    -- Whoever has seen a code being typed cannot use it: each step counts once, and no earlier one after it (RFC 6238, 5.2).
    update public.second_factors
    set last_step = p_step
    where user_id = p_user
      and confirmed_at is not null
      and last_step < p_step;
  else
    delete from public.recovery_codes
    where user_id = p_user
      and code_hash = p_recovery_hash;
  end if;
  return found;
end
$$;
comment on function app.use_second_factor(uuid, bigint, bytea) is
  'Uses up a step of the clock or a recovery code. False: it was used before, or there is no such code.';
