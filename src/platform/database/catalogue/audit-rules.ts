/** The oid of a function, looked up in the catalogue: to_regproc requires USAGE on its schema, which the login of the service lacks. */
const oidOf = (name: string): string =>
  `(select p.oid from pg_proc p where p.pronamespace = (select n.oid from pg_namespace n where n.nspname = 'app') and p.proname = '${name}')`;

/** Every table has audit triggers, or is exempt with a reason. */
export const auditRules = [
  {
    id: 'R24',
    // What app.audit_table gives its triggers is taken from the catalogue once, so a later key or generated column asks
    // for a new call. Partitions are written through their parent, whose triggers they have.
    sql: `
      select t.name as object, w.what || ' leaves no trail: call app.audit_table' as problem
      from tables t
      join pg_class c on c.oid = t.oid and not c.relispartition
      cross join (values (4, 'INSERT'), (16, 'UPDATE'), (8, 'DELETE'), (34, 'TRUNCATE')) as w (kind, what)
      where not exists (
        select
        from pg_trigger g
        where g.tgrelid = t.oid
          and g.tgtype = w.kind
          and g.tgenabled in ('O', 'A')
          and g.tgqual is null
          and g.tgattr = ''::int2vector
          and g.tgfoid in (${oidOf('record_audit')}, ${oidOf('refuse_truncate')}))
      union all
      select t.name, 'the triggers do not know ' || a.attname || ': call app.audit_table again'
      from tables t
      join pg_trigger g on g.tgrelid = t.oid and g.tgfoid = ${oidOf('record_audit')}
      cross join lateral (
        select string_to_array(encode(g.tgargs, 'escape'), '\\000')
      ) as s (arguments)
      join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      left join pg_index i on i.indrelid = t.oid and i.indisprimary
      where (a.attgenerated <> '' and a.attname <> all(s.arguments[4]::text[]))
         or (a.attnum = any(i.indkey) and a.attname <> s.arguments[1] and a.attname <> all(s.arguments[2]::text[]))`,
  },
  {
    id: 'R25',
    sql: `
      select distinct t.name || '.' || a.attname as object, 'looks like a secret, and the trail would show it' as problem
      from tables t
      join pg_trigger g on g.tgrelid = t.oid and g.tgfoid = ${oidOf('record_audit')}
      join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      where a.attname ~ '(password|secret|token|_hash$|private_key)'
        and a.attname <> all((string_to_array(encode(g.tgargs, 'escape'), '\\000'))[6]::text[])`,
  },
];
