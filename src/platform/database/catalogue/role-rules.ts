/** Rules on roles, functions and default privileges. */
export const roleRules = [
  {
    id: 'R8',
    sql: `
      select distinct name as object, 'a definer function needs search_path = pg_catalog, pg_temp' as problem
      from functions
      where prosecdef
        and not coalesce('search_path=pg_catalog, pg_temp' = any(proconfig), false)`,
  },
  {
    id: 'R9',
    sql: `
      select name || ' to ' || grantee as object, 'a function that runs with the rights of ' || owner || ' may be called' as problem
      from functions
      where prosecdef
        and grantee <> owner
      union all
      select name || ' to PUBLIC', 'everybody may call the function'
      from functions
      where not prosecdef
        and grantee = 'PUBLIC'`,
  },
  {
    id: 'R10',
    sql: `
      select rolname as object, 'the role has ' || power as problem
      from roles
      cross join lateral unnest(array[
        case when rolsuper then 'SUPERUSER' end,
        case when rolbypassrls and rolname <> 'tm_backup' then 'BYPASSRLS' end,
        case when rolcreaterole then 'CREATEROLE' end,
        case when rolcreatedb then 'CREATEDB' end,
        case when rolreplication then 'REPLICATION' end]) as p (power)
      where (is_pool or is_guarded or rolname = 'tm_monitor')
        and power is not null
      union all
      select name, 'is owned by ' || pg_get_userbyid(relowner) || ', not by tm_owner'
      from relations
      where relowner is distinct from (select oid from roles where rolname = 'tm_owner')
      union all
      select distinct name, 'is owned by ' || owner || ', not by tm_owner or a role that owns definer functions alone'
      from functions
      where owner <> 'tm_owner'
        and owner not in (select rolname from roles where is_definer)`,
  },
  {
    id: 'R18',
    sql: `
      select 'functions of tm_owner' as object, 'a new function would be executable by PUBLIC' as problem
      where not exists (
        select
        from pg_default_acl d
        join roles r on r.oid = d.defaclrole and r.rolname = 'tm_owner'
        where d.defaclobjtype = 'f'
          and d.defaclnamespace = 0
          and not exists (select from aclexplode(d.defaclacl) a where a.grantee = 0))
      union all
      select 'new objects of ' || pg_get_userbyid(d.defaclrole), a.privilege_type || ' would be granted to ' || coalesce(r.rolname, 'PUBLIC')
      from pg_default_acl d
      cross join lateral aclexplode(d.defaclacl) a
      left join roles r on r.oid = a.grantee
      where a.grantee <> d.defaclrole
        and coalesce(r.rolname, 'PUBLIC') <> 'tm_backup'
      union all
      select n.nspname || ' to ' || coalesce(r.rolname, 'PUBLIC'), 'may create objects in the schema'
      from pg_namespace n
      cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
      left join roles r on r.oid = a.grantee
      where n.nspname in ('public', 'app')
        and a.privilege_type = 'CREATE'
        and a.grantee <> n.nspowner`,
  },
  {
    id: 'R19',
    // The policies of a role apply to roles that inherit it: inheriting tm_admin would disable tenant isolation.
    sql: `
      select member || ' in ' || role as object, 'the member inherits the role, and with it the policies for it' as problem
      from memberships
      where inherits
        and role in (select rolname from roles where is_definer or rolname in ('tm_admin', 'tm_backup'))
        and member in (select rolname from roles where is_pool)
      union all
      select member || ' in ' || role, 'a role that serves may become the role'
      from reachable
      where member in (select rolname from roles where is_pool)`,
  },
  {
    id: 'R20',
    // Migrations give functions to these roles, and own everything through tm_owner anyway.
    sql: `
      select m.member || ' in ' || m.role as object, 'only tm_owner may be a member: every row is open to this role' as problem
      from memberships m
      where m.role in (select rolname from roles where is_definer)
        and (m.inherits or m.may_set)
        and m.member <> 'tm_owner'
        and not exists (select from reachable r where r.member = m.member and r.role = 'tm_owner')`,
  },
  {
    id: 'R22',
    severity: 'warn' as const,
    // The login needs these memberships to switch to the roles of the pools; nothing else runs with them.
    sql: `
      select l.rolname as object, 'the service login ' || problem as problem
      from roles l
      cross join lateral (
        select 'is a superuser' where l.rolsuper
        union all
        select 'has BYPASSRLS' where l.rolbypassrls
        union all
        select 'may create roles' where l.rolcreaterole
        union all
        select 'may become ' || r.role
        from reachable r
        join roles g on g.rolname = r.role and g.is_guarded
        where r.member = l.rolname
      ) as p (problem)
      where l.rolcanlogin
        and exists (select from reachable r where r.member = l.rolname and r.role = 'tm_app_rw')`,
  },
  {
    id: 'R23',
    severity: 'warn' as const,
    sql: `
      select member || ' in ' || role as object, 'the login inherits the role: grant it with inherit false' as problem
      from memberships
      where inherits
        and role in ('tm_admin', 'tm_background', 'tm_backup')
        and member not in (select rolname from roles where is_pool)
        and member not in (select rolname from roles where rolsuper)`,
  },
];
