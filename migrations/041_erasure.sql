-- 041: people are deleted, and what teams and the trail keep of their work no longer names them.
set lock_timeout = '5s';
set role tm_owner;

grant execute on function
  app.has_permission(text), app.is_admin(), app.admin_may(text), app.new_id(), app.is_open(text, timestamptz, boolean),
  app.fold_text(text), app.grapheme_clusters(text), app.search_tokens(text), app.search_vector(text),
  app.text_list(jsonb)
  to tm_privacy;
grant usage on schema graphile_worker to tm_privacy;

do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'user_roles', 'tags', 'task_lists', 'task_exchanges', 'workflow_states', 'validation_findings', 'error_occurrences',
    'webhook_attempts', 'events', 'task_flow_deltas']
  loop
    execute format('create policy %I on public.%I for select to tm_privacy using (true)',
      v_table || '_privacy_select_policy', v_table);
    execute format('grant select on public.%I to tm_privacy', v_table);
  end loop;
  foreach v_table in array array[
    'teams', 'projects', 'tags', 'tasks', 'task_lists', 'task_exchanges', 'task_contexts', 'task_comments', 'workflow_states',
    'validation_results', 'validation_attempts', 'validation_findings', 'error_logs', 'error_occurrences', 'error_resolutions',
    'webhooks', 'webhook_attempts', 'audit_logs', 'events', 'idempotency_keys', 'ingest_keys', 'user_roles']
  loop
    execute format('create policy %I on public.%I for update to tm_privacy using (true) with check (true)',
      v_table || '_privacy_update_policy', v_table);
    execute format('grant update on public.%I to tm_privacy', v_table);
  end loop;
  foreach v_table in array array['users', 'teams', 'tasks', 'projects', 'error_logs', 'invites', 'task_flow_deltas']
  loop
    execute format('create policy %I on public.%I for delete to tm_privacy using (true)',
      v_table || '_privacy_delete_policy', v_table);
    execute format('grant delete on public.%I to tm_privacy', v_table);
  end loop;
end
$$;
-- What administrators note of others may name them, too.
create policy users_privacy_update_policy on public.users for update to tm_privacy using (true) with check (true);
grant update (metadata) on public.users to tm_privacy;
create policy _private_jobs_privacy_select_policy on graphile_worker._private_jobs for select to tm_privacy using (true);
create policy _private_jobs_privacy_update_policy on graphile_worker._private_jobs for update to tm_privacy
  using (true) with check (true);
grant select, update (last_error) on graphile_worker._private_jobs to tm_privacy;

\ir functions/personal_columns.sql
\ir functions/person_pattern.sql
\ir functions/without_person.sql
\ir functions/bare_record.sql
\ir functions/erase_texts.sql
\ir functions/erase_trail.sql
\ir functions/erase_person.sql
\ir functions/erasure_needs_password.sql
grant execute on function
  app.personal_columns(), app.person_pattern(text[]), app.without_person(text, text), app.without_person(jsonb, text, text[]),
  app.bare_record(jsonb), app.erase_texts(uuid, uuid[], uuid[], boolean, text[]),
  app.erase_trail(uuid, uuid[], uuid[], uuid[], boolean, text[])
  to tm_privacy;
grant execute on function app.erase_person(uuid), app.erasure_needs_password() to tm_app_rw, tm_admin;
grant create on schema app to tm_privacy;
alter function app.erase_person(uuid) owner to tm_privacy;
alter function app.erasure_needs_password() owner to tm_privacy;
revoke create on schema app from tm_privacy;

insert into public.migrations ("timestamp", name)
select 1800000000041, 'Erasure1800000000041'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Erasure1800000000041');

reset role;
