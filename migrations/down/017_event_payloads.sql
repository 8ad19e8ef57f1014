-- The way back of 017.
set lock_timeout = '5s';
set role tm_owner;
drop function app.derived_event_id(uuid, text);
drop function app.event_part_changes(text, jsonb, jsonb);
drop function app.event_types(text, text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_webhook(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_user(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_team_member(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_team(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_error(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_validation(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_project(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_comment(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_task_due_notice(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_task_part(text, uuid, text[], jsonb, jsonb);
drop function app.event_types_of_task(text, uuid, text[], jsonb, jsonb);
drop function app.event_needs(text);
drop function app.event_subject(text, uuid, uuid, uuid, jsonb);
drop function app.event_fields();
drop function app.event_data(text, jsonb);
drop function app.event_data_of_webhook(jsonb);
drop function app.event_data_of_user(jsonb);
drop function app.event_data_of_team_member(jsonb);
drop function app.event_data_of_team(jsonb);
drop function app.event_data_of_error(jsonb);
drop function app.event_data_of_validation(jsonb);
drop function app.event_data_of_comment(jsonb);
drop function app.event_data_of_project(jsonb);
drop function app.event_data_of_task(jsonb);
delete from public.migrations
where name = 'EventPayloads1800000000017'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
