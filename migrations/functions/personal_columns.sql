-- Generated from src/modules/privacy/personal-data.ts. Run npm run generate.
create or replace function app.personal_columns()
returns table (table_name text, kind text, author text, record text, team text, columns text[])
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select v.table_name, v.kind, v.author, v.record, v.team, v.columns::text[]
  from (
    values
      ('validation_results', 'text', 'created_by', 't.id', 'team_id', '{external_id,tool_name,branch,details_url,validation_data,validation_environment,metadata,error_message,error_details}'),
      ('validation_attempts', 'text', 'retried_by', 't.validation_result_id', 'team_id', '{validation_data,validation_environment,error_message,error_details}'),
      ('validation_findings', 'text', null, 't.validation_result_id', 'team_id', '{file,message,details}'),
      ('error_logs', 'text', null, 't.id', 'team_id', '{title,error_message,resolution_notes,error_details,stack_trace,context_data,metadata,user_id,session_id,user_agent,resolved_by}'),
      ('error_occurrences', 'text', null, 't.error_id', 'team_id', '{error_message,error_details,stack_trace,context_data,metadata,user_id,session_id,user_agent}'),
      ('error_resolutions', 'text', 'changed_by', 't.error_id', 'team_id', '{notes}'),
      ('user_roles', 'text', null, 't.id', 'id', '{role_description}'),
      ('webhooks', 'text', 'owner_id', 't.id', 'team_id', '{url,description}'),
      ('webhook_attempts', 'text', null, 't.id', 'team_id', '{response_excerpt}'),
      ('users', 'account', null, null, null, '{}'),
      ('api_keys', 'account', null, null, null, '{}'),
      ('sessions', 'account', null, null, null, '{}'),
      ('user_identities', 'account', null, null, null, '{}'),
      ('oauth_grants', 'account', null, null, null, '{}'),
      ('oauth_records', 'account', null, null, null, '{}'),
      ('second_factors', 'account', null, null, null, '{}'),
      ('recovery_codes', 'account', null, null, null, '{}'),
      ('ingest_keys', 'text', 'created_by', 't.id', 'team_id', '{name}'),
      ('mail_tokens', 'account', null, null, null, '{}'),
      ('idempotency_keys', 'account', null, null, null, '{}'),
      ('consents', 'account', null, null, null, '{}'),
      ('team_members', 'account', null, null, null, '{}'),
      ('teams', 'text', null, 't.id', 'id', '{name,description,metadata}'),
      ('projects', 'text', 'created_by', 't.id', 'team_id', '{name,description,metadata}'),
      ('tags', 'text', null, 't.id', 'team_id', '{name}'),
      ('tasks', 'text', 'created_by', 't.id', 'team_id', '{title,description,details,test_strategy,affected_files,requirements,acceptance_criteria,tags,metadata,source,assigned_to}'),
      ('task_lists', 'text', null, '(select p.id from public.projects p where p.team_id = t.team_id and p.project_key = t.project_key)', 'team_id', '{metadata,source}'),
      ('task_exchanges', 'text', null, '(select p.id from public.projects p where p.team_id = t.team_id and p.project_key = t.project_key)', 'team_id', '{tasks}'),
      ('task_contexts', 'text', 'created_by', 't.id', 'team_id', '{context_data}'),
      ('task_comments', 'text', 'user_id', 't.id', 'team_id', '{content}'),
      ('workflow_states', 'text', null, 't.id', 'team_id', '{state_data}'),
      ('users', 'text', null, 't.id', 'default_team_id', '{metadata}')
  ) v (table_name, kind, author, record, team, columns);
end;
comment on function app.personal_columns() is
  'Tables whose rows belong to one person (account), and columns with what people wrote (text): who made the row, the record whose trail tells who wrote to it, and its team.';
