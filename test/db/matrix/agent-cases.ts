import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

const AGENT = '01890000-0000-7000-8000-0000000000a9';
const KEY = '01890000-0000-7000-8000-0000000000b9';

/** Service accounts: who makes them, and what each holds: nothing that its owner lacks. */
export function agentCases({ of: { developer, viewer, foreigner }, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = (who: keyof World['credentials'], scopes: string | null = null): string =>
    sessionSql(credentials[who], { scopes });
  const asAgent = sessionSql({ user: AGENT, credential: KEY });
  const made = (roleName: string, owner = developer.user): string => `
    insert into public.users (id, username, email, name, role_id, kind, owner_id)
    select '${AGENT}', 'made', 'made@agents.invalid', 'made', r.id, 'agent', '${owner}'
    from public.user_roles r where r.role_name = '${roleName}';
    insert into public.team_members (team_id, user_id) values ('${developer.home}', '${AGENT}');
    insert into public.api_keys (id, user_id, name, prefix, key_hash)
    values ('${KEY}', '${AGENT}', 'agent', 'tmk_', sha256('agent'));`;
  const create = (teams = 'null'): string => `app.create_agent('bot', 'Bot', 'developer', ${teams})`;
  const change = (more = 'null, null, null, null'): string => `select app.change_agent('${AGENT}', null, ${more})`;
  const permissions = `select current_setting('app.permissions')`;
  const agentCase = (what: string, ask: string, outcome: string, prepare?: string): DefinerCase => ({
    ...{ what, role, ask, outcome },
    ...(prepare === undefined ? {} : { prepare }),
  });
  return [
    agentCase(
      'a person makes a service account, which is in the teams of the person',
      `${as('viewer')} select set_config('test.agent', ${create()}::text, true);
       select count(*)::text from public.team_members where user_id = current_setting('test.agent')::uuid and role = 'member'`,
      '4',
    ),
    agentCase('nobody makes one without a session', `select ${create()}`, 'denied'),
    agentCase('a key with scopes makes none', `${as('developer', 'tasks:read')} select ${create()}`, 'denied'),
    agentCase('a service account makes none', `${asAgent} select ${create()}`, 'denied', made('developer')),
    agentCase(
      'nobody makes one in a team of others',
      `${as('viewer')} select ${create(`'{${foreigner.team}}'`)}`,
      'foreign key',
    ),
    agentCase('its owner changes it', as('developer') + change(), 'done', made('developer')),
    agentCase('nobody else does', as('viewer') + change(), 'missing', made('developer')),
    agentCase('it does not change itself', asAgent + change(), 'denied', made('developer')),
    agentCase(
      'a key of one is found',
      `select owner_id from app.find_key(sha256('agent'))`,
      developer.user,
      made('admin'),
    ),
    agentCase(
      'it is one of those that its owner owns',
      `${as('developer')} select ('${AGENT}' = any(app.owned_user_ids()))::text`,
      'true',
      made('viewer'),
    ),
    {
      ...{ what: 'a sister service is told what it holds', role: 'tm_background', prepare: made('viewer') },
      ask: `select set_config('app.system_reason', 'matrix', true);
        select permissions::text from app.user_rights('${AGENT}')`,
      outcome: '{tasks:read,validations:read,errors:read}',
    },
    {
      ...{ what: 'nobody is told the rights of others without a reason', role: 'tm_background', outcome: 'denied' },
      ask: `select * from app.user_rights('${developer.user}')`,
    },
    agentCase('it owns nobody', `${asAgent} select cardinality(app.owned_user_ids())::text`, '1', made('viewer')),
    agentCase(
      'it opens a session of its own',
      `${asAgent} select app.current_user_id()::text`,
      AGENT,
      made('developer'),
    ),
    agentCase(
      'with a wider role it holds what its owner holds',
      `${asAgent} ${permissions}`,
      '{tasks:read,validations:read,errors:read}',
      made('admin', viewer.user).replaceAll(developer.home, viewer.home),
    ),
    agentCase(
      'with a narrower role it holds its role',
      `${asAgent} ${permissions}`,
      '{tasks:read,validations:read,errors:read}',
      made('viewer'),
    ),
    agentCase(
      'it opens nothing while its owner is disabled',
      asAgent + permissions,
      'no session',
      `${made('developer')} update public.users set is_active = false where id = '${developer.user}'`,
    ),
    agentCase(
      'it opens nothing while the role of its owner is inactive',
      asAgent + permissions,
      'no session',
      `${made('viewer')} update public.users set role_id = '${foreigner.role}' where id = '${developer.user}';
       update public.user_roles set is_active = false where id = '${foreigner.role}'`,
    ),
    agentCase(
      'it leaves a team with its owner',
      `${asAgent} select ('${developer.home}' = any(app.current_team_ids()))::text`,
      'false',
      `${made('developer')} delete from public.team_members where team_id = '${developer.home}' and user_id = '${developer.user}'`,
    ),
    agentCase(
      'it makes no key',
      `${asAgent} insert into public.api_keys (user_id, name, prefix, key_hash) values ('${AGENT}', 'more', 'tmk_', sha256('more'))`,
      'denied',
      made('developer'),
    ),
    agentCase(
      'its owner makes it one',
      `${as('developer')} insert into public.api_keys (user_id, name, prefix, key_hash) values ('${AGENT}', 'more', 'tmk_', sha256('more')) returning name`,
      'more',
      made('developer'),
    ),
    agentCase(
      'it makes no team of its own',
      `${asAgent} select app.create_team('own', null, '{}')`,
      'denied',
      made('developer'),
    ),
  ];
}
