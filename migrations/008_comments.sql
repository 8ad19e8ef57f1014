-- 008: comments.
set lock_timeout = '5s';
set role tm_owner;

create table public.task_comments (
  id uuid constraint task_comments_pkey primary key default app.new_id(),
  team_id uuid not null,
  task_id uuid not null,
  user_id uuid constraint task_comments_user_id_fkey references public.users (id) on delete set null,
  content text not null
    constraint task_comments_content_check check (length(content) between 1 and 10000 and content ~ '\S'),
  edited boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint task_comments_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on table public.task_comments is 'What people and agents say about a task. Changed by whoever wrote it, and by admins.';
create index task_comments_task_idx on public.task_comments (team_id, task_id, created_at, id);
create index task_comments_user_id_idx on public.task_comments (user_id) where user_id is not null;

\ir functions/touch_comment.sql

create trigger task_comments_touch before update on public.task_comments
  for each row execute function app.touch_comment();
select app.protect_team_table('public.task_comments', 'tasks:read', 'tasks:write', 'user_id = (select app.current_user_id())');
select app.audit_table('public.task_comments');

insert into public.migrations ("timestamp", name)
select 1800000000008, 'Comments1800000000008'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Comments1800000000008');

reset role;
