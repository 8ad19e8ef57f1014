-- The contract of app.search_task_ids(query, tags); either may be null:
--   an array   every live task that the caller may see and that matches, at most 1,000 of them, in no order;
--   null       so many of the newest tasks match that walking them with the plain filter finds a page sooner.
-- The caller adds its own filters to both branches and never needs to know which one ran:
--
--   with search as materialized (
--     select app.search_query($1) as query
--   ),
--   hits as materialized (
--     select app.search_task_ids((select query from search), $2::jsonb) as ids
--   )
--   select ... from (
--     (select t.... from public.tasks t
--      where t.id = any((select ids from hits)::uuid[]) and t.deleted_at is null and <filters>
--      order by t.created_at desc, t.id desc limit 21)
--     union all
--     (select p.* from unnest(app.current_team_ids()) g (team_id)
--      cross join lateral (
--        select t.... from public.tasks t
--        where t.team_id = g.team_id and t.deleted_at is null
--          and t.search @@ (select query from search) and t.tags @> $2::jsonb and <filters>
--        order by t.created_at desc, t.id desc limit 21) p
--      where (select ids is null from hits))
--   ) page
--   order by created_at desc, id desc limit 21
--
-- By relevance: order by ts_rank(search, query) desc over the first branch, and over the newest 100 matches in the second.
create or replace function app.search_task_ids(p_query tsquery, p_tags jsonb)
returns uuid[]
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
-- A GIN index is read by bitmap only, which the sessions that read have off.
set enable_bitmapscan = on
as $$
declare
  c_probe constant integer := 1000;
  c_common constant integer := 10;
  c_most constant integer := 1000;
  v_all constant boolean := app.is_admin();
  v_teams constant uuid[] := app.current_team_ids();
  v_share constant integer := greatest(c_probe / greatest(cardinality(v_teams), 1), 20);
  v_tags constant jsonb := nullif(p_tags, '[]');
  v_match constant text := concat_ws(' and ',
    case when p_query is not null then 't.search @@ $1' end,
    case when v_tags is not null then 't.tags @> $2' end);
  v_ids uuid[];
  v_complete boolean;
  v_count integer := 0;
  v_id uuid;
begin
  if not app.has_permission('tasks:read') or numnode(p_query) = 0 then
    return '{}';
  end if;
  -- Nothing to look up: no condition, or only words that must not occur.
  if v_match = '' or (v_tags is null and querytree(p_query) = 'T') then
    return null;
  end if;

  -- The newest tasks first. A small tenant is answered by them alone, and what is frequent among them is frequent
  -- enough to find a page by walking, where reading the whole posting list of a common word would cost more.
  execute format(
    case
      when v_all then
        'select array_agg(t.id) filter (where %s), count(*) < $4
         from (select n.id, n.search, n.tags from public.tasks n where n.deleted_at is null order by n.id desc limit $4) t'
      else
        'select array_agg(t.id) filter (where %s), count(*) < $4
         from unnest($3) g (team_id)
         cross join lateral (
           select n.id, n.search, n.tags
           from public.tasks n
           where n.team_id = g.team_id
             and n.deleted_at is null
           order by n.created_at desc, n.id desc
           limit $4
         ) t'
    end, v_match)
  into v_ids, v_complete
  using p_query, v_tags, v_teams, case when v_all then c_probe else v_share end;
  if v_complete then
    return coalesce(v_ids, '{}');
  elsif cardinality(v_ids) >= c_common then
    return null;
  end if;

  -- A loop, not an aggregate: it stops reading rows when there are too many.
  v_ids := '{}';
  for v_id in execute
    'select t.id from public.tasks t where t.deleted_at is null and ' || v_match
      || case when v_all then '' else ' and array[t.team_id] && $3' end
    using p_query, v_tags, v_teams
  loop
    v_count := v_count + 1;
    if v_count > c_most then
      return null;
    end if;
    v_ids[v_count] := v_id;
  end loop;
  return v_ids;
end
$$;
comment on function app.search_task_ids(tsquery, jsonb) is
  'Ids of the live tasks that the caller may see and that match; null when walking the newest tasks is the better plan. Reads the index that a policy keeps out of reach.';
