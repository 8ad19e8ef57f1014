create or replace function app.note_task_start() returns trigger language plpgsql as $$
begin
  new.started_at := greatest(new.updated_at, new.created_at);
  return new;
end
$$;
comment on function app.note_task_start() is 'The first time that a task is in progress.';
