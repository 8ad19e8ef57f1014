-- The way back of 010.
set lock_timeout = '5s';
set role tm_owner;
drop index public.tasks_begun_idx;
drop index public.tasks_next_loose_idx;
drop index public.tasks_next_idx;
drop function app.task_blockers(uuid);
drop function app.claim_task(uuid, text, text, jsonb, integer);
drop function app.next_task_ids(uuid, text, text, integer, boolean, jsonb);
drop function app.fits_claim(text, jsonb, integer, uuid, jsonb);
delete from public.migrations
where name = 'NextTask1800000000010'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
