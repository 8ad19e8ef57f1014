#!/bin/sh
# Creates the login that the service uses. PostgreSQL's image runs it once, when the data directory is new.
#
# The login owns nothing and inherits nothing. It can only switch to the roles below, one at a time, so nothing runs
# as the login itself, and row-level security applies to everything it does. If a role is missing, the migrations
# create it with the same properties.
set -eu

: "${SERVICE_LOGIN:?}" "${SERVICE_PASSWORD:?}"

# Any role with CREATEROLE may run it. psql reads the password from the environment: on the command line every process could
# read it. The statement must not appear in the server's log either; only a superuser may see to that, so another role should
# run this while log_statement is none.
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname="${POSTGRES_DB:-postgres}" <<'SQL'
\getenv login SERVICE_LOGIN
\getenv password SERVICE_PASSWORD
select rolsuper as is_superuser from pg_roles where rolname = current_user
\gset
\if :is_superuser
  set log_statement = 'none';
  set log_min_error_statement = 'panic';
\endif

do $$
declare
  name text;
begin
  foreach name in array array['tm_app_rw', 'tm_app_ro', 'tm_analytics', 'tm_background', 'tm_admin']
  loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin noinherit', name);
    end if;
  end loop;
end
$$;

select format('create role %I login noinherit password %L', :'login', :'password')
where not exists (select from pg_roles where rolname = :'login')
\gexec
grant tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin to :"login";
-- PUBLIC may connect unless that was revoked, and only the owner of the database may grant it.
select format('grant connect on database %I to %I', current_database(), :'login')
where not has_database_privilege(:'login', current_database(), 'connect')
\gexec
SQL
