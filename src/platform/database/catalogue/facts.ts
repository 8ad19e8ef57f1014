/**
 * The facts that the rules use, as common table expressions of one statement, so that the catalogue is read once. Objects of
 * extensions are left out.
 *
 * `pg_get_expr` names a function with its schema unless that schema is in the search path, so the connection must not
 * have `app` in its search path (the default has not); with it, policies are reported that are in order.
 */
export const FACTS = `
with
relations as materialized (
  select
    c.oid,
    format('%s.%s', n.nspname, c.relname) as name,
    c.relname::text,
    c.relkind,
    c.relrowsecurity,
    c.relforcerowsecurity,
    c.relowner,
    c.relacl,
    c.reloptions
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'app', 'graphile_worker')
    and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
),
tables as materialized (
  select
    r.*,
    (
      select a.attname::text
      from pg_attribute a
      where a.attrelid = r.oid
        and a.attname in ('team_id', 'user_id')
        and not a.attisdropped
      order by a.attname
      limit 1
    ) as scope
  from relations r
  where r.relkind in ('r', 'p')
),
roles as materialized (
  select
    r.*,
    r.rolname in ('tm_app_rw', 'tm_app_ro', 'tm_analytics') as is_ordinary,
    r.rolname in ('tm_app_rw', 'tm_app_ro', 'tm_analytics', 'tm_background', 'tm_admin') as is_pool,
    d.is_definer,
    d.is_definer or r.rolname in ('tm_owner', 'tm_backup') as is_guarded
  from pg_roles r
  cross join lateral (select r.rolname in ('tm_auth', 'tm_search', 'tm_audit', 'tm_ingest', 'tm_flow', 'tm_work', 'tm_relay', 'tm_privacy')) as d (is_definer)
),
-- Before PostgreSQL 16 inheriting is an attribute of the member and every membership may be used with SET ROLE.
memberships as materialized (
  select
    g.rolname::text as role,
    m.rolname::text as member,
    coalesce((to_jsonb(a) ->> 'inherit_option')::boolean, m.rolinherit) as inherits,
    coalesce((to_jsonb(a) ->> 'set_option')::boolean, true) as may_set
  from pg_auth_members a
  join pg_roles g on g.oid = a.roleid
  join pg_roles m on m.oid = a.member
),
reachable as materialized (
  with recursive r (member, role) as (
    select member, role from memberships where inherits or may_set
    union
    select r.member, m.role from r join memberships m on m.member = r.role where m.inherits or m.may_set
  )
  select member, role from r
),
grants as materialized (
  select
    g.name,
    g.oid,
    g.relkind,
    coalesce(r.rolname::text, 'PUBLIC') as grantee,
    g.privilege
  from (
    select r.oid, r.name, r.relkind, r.relowner, a.grantee, a.privilege_type as privilege
    from relations r
    cross join lateral aclexplode(r.relacl) a
    union
    select r.oid, r.name, r.relkind, r.relowner, a.grantee, a.privilege_type
    from relations r
    join pg_attribute t on t.attrelid = r.oid and t.attacl is not null
    cross join lateral aclexplode(t.attacl) a
  ) g
  left join roles r on r.oid = g.grantee
  where g.grantee <> g.relowner
),
-- One row per policy, role and expression. "bare" is what is left without the session functions called once per statement.
policies as materialized (
  select
    p.oid,
    p.polrelid,
    t.name as table_name,
    t.scope,
    format('%s on %s', p.polname, t.name) as name,
    p.polpermissive,
    p.polcmd,
    coalesce(r.rolname::text, 'PUBLIC') as role,
    e.expression,
    regexp_replace(e.expression, '\\( SELECT app\\.[a-z_]+\\([^()]*\\) AS [a-z_]+\\)', '?', 'g') as bare
  from pg_policy p
  join tables t on t.oid = p.polrelid
  cross join lateral unnest(p.polroles) as u (role)
  left join roles r on r.oid = u.role
  cross join lateral (
    values (pg_get_expr(p.polqual, p.polrelid)), (pg_get_expr(p.polwithcheck, p.polrelid))
  ) as e (expression)
  where e.expression is not null
),
indexes as materialized (
  select
    t.oid,
    i.indexrelid,
    format('%s.%s', t.name, c.relname) as name,
    i.indisunique,
    i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\([a-z_]+ IS NOT NULL\\)$' as serves_all,
    array(
      select coalesce(a.attname::text, '(expression)')
      from unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum <> 0
      where k.place <= i.indnkeyatts
      order by k.place
    ) as columns
  from tables t
  join pg_index i on i.indrelid = t.oid and i.indisvalid
  join pg_class c on c.oid = i.indexrelid
),
foreign_keys as materialized (
  select
    format('%s.%s', t.name, c.conname) as name,
    t.oid,
    t.scope,
    f.scope as referenced_scope,
    array(
      select a.attname::text
      from unnest(c.conkey) with ordinality as k (attnum, place)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
      order by k.place
    ) as columns,
    array(
      select a.attname::text
      from unnest(c.confkey) with ordinality as k (attnum, place)
      join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum
      order by k.place
    ) as referenced_columns
  from pg_constraint c
  join tables t on t.oid = c.conrelid
  join tables f on f.oid = c.confrelid
  where c.contype = 'f'
    and c.conparentid = 0
),
functions as materialized (
  select
    p.oid,
    format('%s.%s(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) as name,
    p.prosecdef,
    p.proconfig,
    pg_get_userbyid(p.proowner)::text as owner,
    coalesce(r.rolname::text, 'PUBLIC') as grantee
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  left join roles r on r.oid = a.grantee
  where n.nspname in ('public', 'app', 'graphile_worker')
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
)`;
