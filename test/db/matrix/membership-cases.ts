import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';
import { NEWCOMER } from './world.js';

/** Leaving a team, and what is meant when no team is named. */
export function membershipCases({ of: { developer, viewer, foreigner }, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = (who: keyof World['credentials'], scopes: string | null = null): string =>
    sessionSql(credentials[who], { scopes });
  const personal = (user: string): string => `select id from public.teams where owner_id = '${user}' and is_personal`;
  const leave = (team: string): string => `select app.leave_team('${team}')::text`;
  const hold = (team: string): string => `select coalesce(app.hold_membership('${team}')::text, 'null')`;
  const chosen = `update public.users set default_team_id = '${viewer.home}' where id = '${viewer.user}'`;
  const isPersonal = `select (app.default_team_id() = (${personal(viewer.user)}))::text`;
  const bound = `update public.api_keys set project_team_id = '${developer.home}', project_key = '${developer.project}'
    where id = '${credentials.developer.credential}';`;
  const add = (user: string): string =>
    `insert into public.team_members (team_id, user_id) values ('${viewer.home}', '${user}') returning role`;
  const elsewhere = `update public.projects set project_key = '${developer.project}'
    where team_id = '${foreigner.home}' and project_key = '${foreigner.project}';`;
  const projects = `select string_agg(team_id::text, ' ') from app.find_projects('${developer.project}', null)`;
  const place = `select team_id || ' ' || project_key from app.work_place(null, null)`;
  const definerCase = (what: string, ask: string, outcome: string, prepare?: string): DefinerCase => ({
    ...{ what, role, ask, outcome },
    ...(prepare === undefined ? {} : { prepare }),
  });
  return [
    definerCase('a member leaves a team, whatever their role', as('viewer') + leave(viewer.home), 'true'),
    definerCase('nobody leaves a team that they are not in', as('viewer') + leave(foreigner.home), 'false'),
    definerCase('a member holds their own membership', as('viewer') + hold(viewer.home), '1'),
    definerCase(
      'nobody holds a membership of a team that they are not in',
      as('viewer') + hold(foreigner.home),
      'null',
    ),
    definerCase('nobody holds a membership without a session', hold(viewer.home), 'null'),
    definerCase('nobody leaves a team without a session', leave(viewer.home), 'denied'),
    definerCase(
      'a key that may only read leaves nothing',
      as('developer', 'tasks:read') + leave(developer.home),
      'denied',
    ),
    definerCase(
      'a key that may write tasks leaves a team',
      as('developer', 'tasks:write') + leave(developer.home),
      'true',
    ),
    definerCase('the last owner stays', as('developer') + leave(developer.team), 'check'),
    definerCase(
      'nobody leaves their personal team',
      `${as('developer')} select app.leave_team(id) from public.teams where owner_id = '${developer.user}' and is_personal`,
      'check',
    ),
    definerCase(
      'the owner in the row of a team is another one after they left',
      `${as('developer')} ${leave(developer.team)}; reset role;
       select (owner_id = '${developer.colleague}')::text from public.teams where id = '${developer.team}'`,
      'true',
      `update public.team_members set role = 'owner' where team_id = '${developer.team}'`,
    ),
    definerCase('an administrator adds a member', as('admin') + add(NEWCOMER), 'member'),
    definerCase(
      "an administrator's key that may write tasks adds nobody",
      as('admin', 'tasks:write') + add(NEWCOMER),
      'denied',
    ),
    definerCase('nobody rejoins by themself', `${as('viewer')} ${leave(viewer.home)}; ${add(viewer.user)}`, 'denied'),
    definerCase('the default team is the personal one', as('viewer') + isPersonal, 'true'),
    definerCase(
      'the default team is the one that was chosen',
      `${as('viewer')} ${chosen}; select app.default_team_id()`,
      viewer.home,
    ),
    definerCase(
      'it is the personal one again after leaving',
      `${as('viewer')} ${leave(viewer.home)}; ${isPersonal}`,
      'true',
      chosen,
    ),
    definerCase(
      'a team of strangers is not a default team',
      `${as('viewer')} update public.users set default_team_id = '${foreigner.home}' where id = '${viewer.user}'`,
      'foreign key',
    ),
    definerCase('nobody has a default team without a session', 'select app.default_team_id()', 'null'),
    definerCase(
      'a key tells its project',
      `${as('developer')} select project_key from app.bound_project()`,
      developer.project,
      bound,
    ),
    definerCase('and not that of another key', `${as('viewer')} select * from app.bound_project()`, 'no row', bound),
    definerCase(
      'a key of a member alone is bound to a project',
      `${as('developer')} insert into public.api_keys (user_id, name, prefix, key_hash, project_team_id, project_key)
       values ('${developer.user}', 'k', 'tm_', sha256('k'), '${foreigner.home}', '${foreigner.project}')`,
      'foreign key',
    ),
    definerCase(
      'a bound key ends with the membership',
      `${as('developer')} ${leave(developer.home)}; reset role;
       select count(*)::text from public.api_keys where id = '${credentials.developer.credential}'`,
      '0',
      bound,
    ),
    definerCase('a project key means no project of strangers', as('developer') + projects, developer.home, elsewhere),
    definerCase('nor does it for an administrator who has one', as('admin') + projects, developer.home, elsewhere),
    definerCase(
      'work is looked for in the project of the key',
      as('developer') + place,
      `${developer.home} ${developer.project}`,
      bound,
    ),
    definerCase(
      'and else in the default team',
      `${as('viewer')} select team_id from app.work_place(null, null)`,
      viewer.home,
      chosen,
    ),
  ];
}
