-- The way back of 041.
set lock_timeout = '5s';
set role tm_owner;
drop function app.erasure_needs_password();
drop function app.erase_person(uuid);
drop function app.erase_trail(uuid, uuid[], uuid[], uuid[], boolean, text[]);
drop function app.erase_texts(uuid, uuid[], uuid[], boolean, text[]);
drop function app.bare_record(jsonb);
drop function app.without_person(jsonb, text, text[]);
drop function app.without_person(text, text);
drop function app.person_pattern(text[]);
drop function app.personal_columns();
do $$
declare
  v_policy record;
begin
  for v_policy in
    select p.polname as name, c.relnamespace::regnamespace as schema, c.relname as "table"
    from pg_policy p
    join pg_class c on c.oid = p.polrelid
    where p.polname ~ '_privacy_(update|delete)_policy$'
      or p.polname ~ '_privacy_select_policy$'
        and c.relname in ('user_roles', 'tags', 'task_lists', 'task_exchanges', 'workflow_states', 'validation_findings',
          'error_occurrences', 'webhook_attempts', 'events', 'task_flow_deltas', '_private_jobs')
  loop
    execute format('drop policy %I on %s.%I', v_policy.name, v_policy.schema, v_policy."table");
    execute format('revoke update, delete on %s.%I from tm_privacy', v_policy.schema, v_policy."table");
    if v_policy.name ~ 'select' then
      execute format('revoke select on %s.%I from tm_privacy', v_policy.schema, v_policy."table");
    end if;
  end loop;
end
$$;
revoke update (metadata) on public.users from tm_privacy;
revoke update (last_error) on graphile_worker._private_jobs from tm_privacy;
revoke usage on schema graphile_worker from tm_privacy;
revoke execute on function
  app.has_permission(text), app.is_admin(), app.admin_may(text), app.new_id(), app.is_open(text, timestamptz, boolean),
  app.fold_text(text), app.grapheme_clusters(text), app.search_tokens(text), app.search_vector(text),
  app.text_list(jsonb)
  from tm_privacy;
delete from public.migrations
where name = 'Erasure1800000000041'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
