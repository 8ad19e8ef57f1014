import type pg from 'pg';

/** Everything that migrations create, one line per object: definitions, owners, grants, options, comments, roles. */
export async function schemaDump(superuser: pg.Client): Promise<string[]> {
  const { rows } = await superuser.query<{ line: string }>(`
    with ours as (
      select oid from pg_namespace where nspname in ('public', 'app', 'graphile_worker')
    ),
    of_extensions as (
      select objid from pg_depend where deptype = 'e'
    ),
    grants (kind, name, owner, acl) as (
      select 'relation ' || relkind::text, oid::regclass::text, relowner, coalesce(relacl, acldefault('r', relowner))
      from pg_class where relnamespace in (select oid from ours) and relkind in ('r', 'p', 'v', 'm', 'f')
      union all
      select 'sequence', oid::regclass::text, relowner, coalesce(relacl, acldefault('s', relowner))
      from pg_class where relnamespace in (select oid from ours) and relkind = 'S'
      union all
      select 'column', attrelid::regclass || '.' || attname, c.relowner, attacl
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace in (select oid from ours) and attacl is not null
      union all
      select 'function', oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
      from pg_proc where pronamespace in (select oid from ours)
      union all
      select 'schema', nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner))
      from pg_namespace where oid in (select oid from ours)
      union all
      select 'type', oid::regtype::text, typowner, coalesce(typacl, acldefault('T', typowner)) from pg_type where typnamespace in (select oid from ours)
      union all
      select 'default ' || defaclobjtype::text || coalesce(defaclnamespace::regnamespace::text, ''), defaclrole::regrole::text, defaclrole, defaclacl from pg_default_acl
    )
    select concat_ws(' | ', 'owner', kind, name, owner::regrole) as line from grants
    union all
    select concat_ws(' | ', 'grant', kind, name, case grantee when 0 then 'PUBLIC' else grantee::regrole::text end, privilege_type, is_grantable)
    from grants cross join lateral aclexplode(acl)
    union all
    select concat_ws(' | ', 'table', oid::regclass, relkind, relpersistence, relrowsecurity, relforcerowsecurity, reloptions, obj_description(oid, 'pg_class'), pg_get_expr(relpartbound, oid))
    from pg_class where relnamespace in (select oid from ours) and relkind in ('r', 'p', 'v', 'S')
    union all
    select concat_ws(' | ', 'sequence', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle) from pg_sequence join pg_class c on c.oid = seqrelid where relnamespace in (select oid from ours)
    union all
    select concat_ws(' | ', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, attidentity,
      pg_get_expr(d.adbin, d.adrelid), col_description(attrelid, attnum))
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace in (select oid from ours) and c.relkind in ('r', 'p', 'v', 'c') and attnum > 0 and not attisdropped
    union all
    select concat_ws(' | ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where connamespace in (select oid from ours) and conrelid <> 0
    union all
    select concat_ws(' | ', 'index', indexdef) from pg_indexes where schemaname in ('public', 'app', 'graphile_worker')
    union all
    select concat_ws(' | ', 'view', oid::regclass, pg_get_viewdef(oid)) from pg_class
    where relnamespace in (select oid from ours) and relkind = 'v'
    union all
    select concat_ws(' | ', 'function', pg_get_functiondef(oid), obj_description(oid, 'pg_proc'))
    from pg_proc
    where pronamespace in (select oid from ours) and prokind = 'f' and oid not in (select objid from of_extensions)
    union all
    select concat_ws(' | ', 'policy', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check) from pg_policies
    union all
    select concat_ws(' | ', 'trigger', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
    union all
    select concat_ws(' | ', 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcanlogin, rolbypassrls) from pg_roles where rolname like 'tm\\_%'
    order by 1`);
  return rows.map((row) => row.line);
}

/** A fingerprint of the rows of each table, columns by name. */
export async function dataDump(superuser: pg.Client): Promise<Record<string, string>> {
  const { rows: tables } = await superuser.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname not in ('migrations', 'migration_files') order by 1`,
  );
  if (tables.length === 0) return {};
  const each = tables.map(
    ({ name }) => `select '${name}' as name,
       count(*) || ' ' || coalesce(md5(string_agg(r.row::text, ' ' order by r.row::text)), '') as rows
     from (select to_jsonb(t) as row from ${name} t) r`,
  );
  const { rows } = await superuser.query<{ name: string; rows: string }>(each.join('\nunion all\n'));
  return Object.fromEntries(rows.map(({ name, rows: fingerprint }) => [name, fingerprint]));
}
