/** Rules on policies. */
export const policyRules = [
  {
    id: 'R3',
    // Backups need BYPASSRLS; where a provider does not grant it, the check of the backup notices missing rows.
    sql: `
      select distinct g.name || ' to ' || g.grantee as object, g.privilege || ' is granted but no policy lets a row through' as problem
      from grants g
      join tables t on t.oid = g.oid and t.relrowsecurity
      where g.privilege in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        and g.grantee <> 'tm_backup'
        and not exists (
          select
          from policies p
          where p.polrelid = g.oid
            and p.polpermissive
            and p.role in (g.grantee, 'PUBLIC')
            and p.polcmd in ('*', case g.privilege when 'SELECT' then 'r' when 'INSERT' then 'a' when 'UPDATE' then 'w' else 'd' end))`,
  },
  {
    id: 'R4',
    sql: `
      select distinct name as object, 'the policy asks nothing about the session: ' || expression as problem
      from policies
      where role not in (select rolname from roles where is_definer)
        and expression !~ 'app\\.[a-z_]+\\('`,
  },
  {
    id: 'R5',
    sql: `
      select distinct name as object, 'the policy is for PUBLIC: name its roles' as problem
      from policies
      where role = 'PUBLIC'`,
  },
  {
    id: 'R12',
    // A permission alone would expose the rows of every tenant.
    sql: `
      select distinct name as object, 'the policy for ' || role || ' does not narrow to a tenant, an admin or a system reason' as problem
      from policies
      where not case
        when role in (select rolname from roles where is_definer) then true
        when role = 'tm_background' then expression ~ 'app\\.system_reason\\(\\)'
        when role = 'tm_admin' and expression ~ 'app\\.(is_admin|admin_may)\\(' then true
        when scope = 'team_id' then expression ~ 'team_id = ANY \\(\\( SELECT app\\.(current|managed)_team_ids\\(\\)'
        when scope = 'user_id' then expression ~ 'user_id = (\\( SELECT app\\.current_user_id\\(\\)|ANY \\(\\( SELECT app\\.owned_user_ids\\(\\))'
        else expression ~ 'app\\.(current_team_ids|managed_team_ids|current_user_id|owned_user_ids|visible_user_ids)\\('
      end`,
  },
  {
    id: 'R15',
    // Inside (select ...) a function of the session runs once per statement; otherwise it runs for each row.
    sql: `
      select distinct name as object, 'the policy calls a function or reads a table for each row: ' || expression as problem
      from policies
      where bare ~ '[a-z0-9_"]\\('
        or bare ~ '\\mSELECT\\M'`,
  },
  {
    id: 'R17',
    sql: `
      select distinct p.name || ', ' || a.attname as object, 'no index starts with this column of the policy' as problem
      from policies p
      join pg_depend d
        on d.classid = 'pg_policy'::regclass
        and d.objid = p.oid
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid = p.polrelid
        and d.refobjsubid > 0
      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where not exists (
        select
        from indexes i
        where i.oid = p.polrelid
          and i.serves_all
          and i.columns[1] = a.attname)`,
  },
  {
    id: 'R21',
    // OR and a second permissive policy (which is an OR) keep the planner from using the tenant as an index condition.
    sql: `
      select distinct name as object, 'the policy has an OR' as problem
      from policies
      where bare ~ '\\mOR\\M'
      union all
      select table_name || ' for ' || role, 'has ' || count(distinct p.oid) || ' permissive policies for one command'
      from policies p
      cross join lateral unnest(case p.polcmd when '*' then array['r', 'a', 'w', 'd'] else array[p.polcmd::text] end) as c (command)
      where p.polpermissive
      group by table_name, role, c.command
      having count(distinct p.oid) > 1`,
  },
];
