-- The way back of 008.
set lock_timeout = '5s';
set role tm_owner;
drop table public.task_comments;
drop function app.touch_comment();
delete from public.migrations
where name = 'Comments1800000000008'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
