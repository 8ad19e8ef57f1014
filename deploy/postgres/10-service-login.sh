#!/bin/sh
# Creates the login that the service uses. PostgreSQL's image runs it once, when the data directory is new.
#
# The login owns nothing and inherits nothing. It can only switch to the roles below, one at a time, so nothing runs
# as the login itself, and row-level security applies to everything it does. If a role is missing, the migrations
# create it with the same properties.
set -eu

: "${SERVICE_LOGIN:?}" "${SERVICE_PASSWORD:?}"

# psql reads the password from the environment: on the command line every process could read it. The statement must
# not appear in the server's log either.
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname="${POSTGRES_DB:-postgres}" <<'SQL'
\getenv login SERVICE_LOGIN
\getenv password SERVICE_PASSWORD
set log_statement = 'none';
set log_min_error_statement = 'panic';

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

select format('create role %I login noinherit nosuperuser nocreatedb nocreaterole password %L', :'login', :'password')
where not exists (select from pg_roles where rolname = :'login')
\gexec
grant tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin to :"login";
select format('grant connect on database %I to %I', current_database(), :'login')
\gexec
SQL
