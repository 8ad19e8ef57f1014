create or replace function app.protect_team_table(p_table regclass, p_read text, p_write text, p_own text default null)
returns void
language plpgsql
as $$
declare
  v_name text := (select relname from pg_class where oid = p_table);
  v_rows text := 'team_id = any((select app.current_team_ids())::uuid[]) and (select app.has_permission(%L))';
  v_read text := format(v_rows, p_read);
  v_write text := concat_ws(' and ', format(v_rows, p_write), p_own);
  v_admin_read text := format('(select app.admin_may(%L))', p_read);
  v_admin_write text := format('(select app.admin_may(%L))', p_write);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format('create policy %I on %s for select to tm_app_rw, tm_app_ro, tm_analytics using (%s)',
    v_name || '_select_policy', p_table, v_read);
  execute format('create policy %I on %s for insert to tm_app_rw with check (%s)',
    v_name || '_insert_policy', p_table, v_write);
  execute format('create policy %I on %s for update to tm_app_rw using (%s) with check (%s)',
    v_name || '_update_policy', p_table, v_write, v_write);
  execute format('create policy %I on %s for delete to tm_app_rw using (%s)',
    v_name || '_delete_policy', p_table, v_write);
  execute format('create policy %I on %s for select to tm_admin using (%s)',
    v_name || '_admin_select_policy', p_table, v_admin_read);
  execute format('create policy %I on %s for insert to tm_admin with check (%s)',
    v_name || '_admin_insert_policy', p_table, v_admin_write);
  execute format('create policy %I on %s for update to tm_admin using (%s) with check (%s)',
    v_name || '_admin_update_policy', p_table, v_admin_write, v_admin_write);
  execute format('create policy %I on %s for delete to tm_admin using (%s)',
    v_name || '_admin_delete_policy', p_table, v_admin_write);
  execute format('grant select on %s to tm_app_ro, tm_analytics', p_table);
  execute format('grant select, insert, update, delete on %s to tm_app_rw, tm_admin', p_table);
end
$$;
comment on function app.protect_team_table(regclass, text, text, text) is
  'Row-level security, policies and grants of a table whose rows belong to a team; p_own is what else members need to write a row. Every new team table calls it once.';
