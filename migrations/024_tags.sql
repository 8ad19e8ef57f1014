-- 024: the labels that a team agreed on, with their colours.
set lock_timeout = '5s';
set role tm_owner;

create table public.tags (
  id uuid constraint tags_pkey primary key default app.new_id(),
  team_id uuid not null constraint tags_team_id_fkey references public.teams (id) on delete cascade,
  name varchar(50) not null constraint tags_name_check check (name ~ '\S'),
  color varchar(7) constraint tags_color_check check (color ~ '^#[0-9a-f]{6}$'),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.tags is 'The labels that a team agreed on. The labels of a task are texts in tasks.tags, whether there is a tag or not.';
comment on column public.tags.name is 'The label. Case makes no difference between the tags of a team.';
comment on column public.tags.color is 'Colour that it is shown in: #rrggbb in lower case.';
create unique index tags_team_id_name_key on public.tags (team_id, lower(name));

create trigger tags_touch before update on public.tags
  for each row execute function app.touch_versioned_row();
select app.protect_team_table('public.tags', 'tasks:read', 'tasks:write');
select app.audit_table('public.tags');

\ir functions/event_data_of_tag.sql
\ir functions/event_types_of_tag.sql

insert into public.migrations ("timestamp", name)
select 1800000000024, 'Tags1800000000024'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Tags1800000000024');

reset role;
