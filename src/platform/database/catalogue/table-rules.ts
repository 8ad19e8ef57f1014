/** Rules on tables, views, keys and indexes. */
export const tableRules = [
  {
    id: 'R0',
    // An empty database would satisfy every other rule.
    sql: `
      select name as object, 'is missing: the migrations have not run' as problem
      from unnest(array['app.open_session(uuid, uuid, text, jsonb, text)', 'app.has_permission(text)']) as wanted (name)
      where name not in (select name from functions)`,
  },
  {
    id: 'R1',
    sql: `
      select name as object, 'row-level security is off' as problem
      from tables
      where not relrowsecurity`,
  },
  {
    id: 'R2',
    sql: `
      select name as object, 'row-level security is not forced, so it does not bind the owner' as problem
      from tables
      where relrowsecurity
        and not relforcerowsecurity`,
  },
  {
    id: 'R6',
    sql: `
      select name as object, 'the view reads with the rights of its owner: it needs security_invoker' as problem
      from relations
      where relkind = 'v'
        and not coalesce(reloptions && array['security_invoker=on', 'security_invoker=true'], false)`,
  },
  {
    id: 'R7',
    sql: `
      select distinct name as object, 'no policy protects this kind of relation, and ' || grantee || ' may use it' as problem
      from grants
      where relkind in ('m', 'f')
        and grantee <> 'tm_backup'`,
  },
  {
    id: 'R11',
    sql: `
      select name || ' to ' || grantee as object, privilege || ' is not governed by row-level security' as problem
      from grants
      where privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')`,
  },
  {
    id: 'R13',
    // Foreign key checks bypass row-level security, so a key without the team would accept a row of another tenant.
    sql: `
      select name as object, 'the foreign key leaves out ' || referenced_scope as problem
      from foreign_keys
      where referenced_scope is not null
        and not exists (
          select
          from unnest(columns, referenced_columns) as pair (own, referenced)
          where referenced = referenced_scope
            and (own = referenced_scope or scope is distinct from referenced_scope))`,
  },
  {
    id: 'R14',
    // A unique violation reveals that a row of another tenant exists. Random ids reveal nothing.
    sql: `
      select i.name as object, 'the unique index leaves out ' || coalesce(t.scope, 'a tenant') as problem
      from indexes i
      join tables t on t.oid = i.oid
      where i.indisunique
        and not coalesce(t.scope = any(i.columns), false)
        and not exists (
          select from pg_attribute a
          where a.attrelid = i.oid
            and a.attname = 'id'
            and a.atttypid = 'uuid'::regtype
            and 'id' = any(i.columns))`,
  },
  {
    id: 'R16',
    sql: `
      select f.name as object, 'no index starts with the columns of the foreign key' as problem
      from foreign_keys f
      where not exists (
        select
        from indexes i
        where i.oid = f.oid
          and i.serves_all
          and i.columns[1:cardinality(f.columns)] @> f.columns)`,
  },
];
