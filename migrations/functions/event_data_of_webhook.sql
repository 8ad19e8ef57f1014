-- Events tell that there is a webhook, and above all that one was disabled; never where it leads.
create or replace function app.event_data_of_webhook(p_row jsonb) returns json language sql immutable parallel safe
  return (
    select row_to_json(j)
    from (
      select
        p_row -> 'id' as id,
        p_row -> 'team_id' as "teamId",
        p_row -> 'event_types' as "eventTypes",
        p_row -> 'project_key' as "projectKey",
        p_row -> 'is_enabled' as "isEnabled",
        p_row -> 'disabled_reason' as "disabledReason",
        p_row -> 'disabled_at' as "disabledAt",
        p_row -> 'version' as version,
        p_row -> 'created_at' as "createdAt",
        p_row -> 'updated_at' as "updatedAt"
    ) j
  );
