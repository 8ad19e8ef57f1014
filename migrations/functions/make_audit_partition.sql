create or replace function app.make_audit_partition(p_month date) returns boolean language plpgsql as $$
declare
  v_name text := 'audit_logs_' || to_char(p_month, 'YYYY_MM');
  v_from timestamptz := p_month::timestamp at time zone 'UTC';
  v_to timestamptz := (p_month + interval '1 month') at time zone 'UTC';
begin
  if to_regclass('public.' || v_name) is not null then
    return false;
  end if;
  -- Made alone and attached: that locks the default partition, where `partition of` would stop every writer of the table.
  execute format('create table public.%I (like public.audit_logs including defaults including constraints)', v_name);
  -- FORCE binds the owner, and rows that came before their partition have to move into it.
  alter table public.audit_logs_default no force row level security;
  execute format(
    'with moved as (
       delete from public.audit_logs_default where occurred_at >= %L and occurred_at < %L returning *
     )
     insert into public.%I select * from moved', v_from, v_to, v_name);
  alter table public.audit_logs_default force row level security;
  execute format('alter table public.%I enable row level security', v_name);
  execute format('alter table public.%I force row level security', v_name);
  execute format('alter table public.audit_logs attach partition public.%I for values from (%L) to (%L)', v_name, v_from, v_to);
  return true;
end
$$;
comment on function app.make_audit_partition(date) is 'The partition of a month, without any grant. False when it is there.';
