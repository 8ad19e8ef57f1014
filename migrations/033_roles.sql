-- 033: administrators make, change and delete roles.
set lock_timeout = '5s';
set role tm_owner;

alter table public.user_roles
  add column built_in_permissions jsonb
    constraint user_roles_built_in_permissions_check check (jsonb_typeof(built_in_permissions) = 'array');
comment on column public.user_roles.built_in_permissions is
  'What a role that the service comes with never loses; null for roles that administrators made.';

-- The policies bind the owner too, and none of them admits it. Nobody acts here, so nothing is audited or counted.
alter table public.user_roles
  no force row level security,
  disable trigger user;
insert into public.user_roles (role_name, role_description, permissions)
values ('reporter', 'Reports errors and validations, and reads nothing', '["errors:write","validations:write"]')
on conflict (role_name) do nothing;
update public.user_roles r
set built_in_permissions = b.permissions
from (values
  ('admin', '["*"]'::jsonb),
  ('developer', '["tasks:read","tasks:write","validations:read","validations:write","errors:read"]'),
  ('viewer', '["tasks:read","validations:read","errors:read"]'),
  ('api_client', '["tasks:read","tasks:write","validations:write"]'),
  ('reporter', '["errors:write","validations:write"]')
) b (role_name, permissions)
where r.role_name = b.role_name
  -- An administrator may have changed one with SQL: such a role is theirs.
  and r.permissions @> b.permissions;
alter table public.user_roles
  force row level security,
  enable trigger user;

\ir functions/guard_role.sql
create trigger user_roles_guard before update or delete on public.user_roles
  for each row execute function app.guard_role();

revoke insert, update on public.user_roles from tm_admin;
grant insert (role_name, role_description, permissions, is_active) on public.user_roles to tm_admin;
grant update (role_name, role_description, permissions, is_active) on public.user_roles to tm_admin;

insert into public.migrations ("timestamp", name)
select 1800000000033, 'Roles1800000000033'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Roles1800000000033');

reset role;
