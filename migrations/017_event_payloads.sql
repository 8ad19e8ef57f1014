-- 017: what an event says. Resources have the names and the order of the REST answers (test/api/event-bodies.test.ts
-- compares them); a column that is not named here never leaves the database. In PL/pgSQL, because its plans are kept from
-- one run to the next: SQL functions were planned again in every run before PostgreSQL 18.
set lock_timeout = '5s';
set role tm_owner;

\ir functions/event_data_of_task.sql
\ir functions/event_data_of_project.sql
\ir functions/event_data_of_comment.sql
\ir functions/event_data_of_validation.sql
\ir functions/event_data_of_error.sql
\ir functions/event_data_of_team.sql
\ir functions/event_data_of_team_member.sql
\ir functions/event_data_of_user.sql
\ir functions/event_data_of_webhook.sql
\ir functions/event_data.sql
\ir functions/event_fields.sql
\ir functions/event_needs.sql
\ir functions/event_subject.sql
\ir functions/event_types_of_task.sql
\ir functions/event_types_of_task_part.sql
\ir functions/event_types_of_task_due_notice.sql
\ir functions/event_types_of_comment.sql
\ir functions/event_types_of_project.sql
\ir functions/event_types_of_validation.sql
\ir functions/event_types_of_error.sql
\ir functions/event_types_of_team.sql
\ir functions/event_types_of_team_member.sql
\ir functions/event_types_of_user.sql
\ir functions/event_types_of_webhook.sql
\ir functions/event_types.sql
\ir functions/event_part_changes.sql
\ir functions/derived_event_id.sql

grant execute on function app.event_part_changes(text, jsonb, jsonb), app.derived_event_id(uuid, text) to tm_relay;

insert into public.migrations ("timestamp", name)
select 1800000000017, 'EventPayloads1800000000017'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'EventPayloads1800000000017');

reset role;
