import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';
import { NEWCOMER } from './world.js';

/** Managers who try to act as owners, and attempts to reactivate a credential. */
export function ownershipCases({ of: { developer, mate }, credentials }: World): DefinerCase[] {
  const { user } = credentials.developer;
  const as = sessionSql(credentials.developer);
  const row = (person: string): string => `team_id = '${mate.team}' and user_id = '${person}'`;
  const manages = `update public.team_members set role = 'admin' where ${row(user)};`;
  const owns = `update public.team_members set role = 'owner' where ${row(user)};`;
  const attempt = (what: string, prepare: string, ask: string, outcome: string): DefinerCase => ({
    ...{ what, role: 'tm_app_rw', prepare, ask: as + ask, outcome },
  });
  const promote = `update public.team_members set role = 'owner' where ${row(mate.colleague)} returning role`;
  const demote = `update public.team_members set role = 'member' where ${row(mate.user)} returning role`;
  const remove = `delete from public.team_members where ${row(mate.user)} returning role`;
  const take = `update public.teams set owner_id = '${user}' where id = '${mate.team}' returning owner_id = '${user}'`;
  const add = `insert into public.team_members (team_id, user_id, role) values ('${mate.team}', '${NEWCOMER}', 'owner') returning role`;
  const revive = (table: string, id: string): [string, string] => [
    `update public.${table} set revoked_at = now() where id = '${id}'`,
    `update public.${table} set revoked_at = null where id = '${id}'`,
  ];
  return [
    attempt('an admin of a team makes nobody an owner', manages, promote, 'denied'),
    attempt('an admin of a team adds no owner', manages, add, 'denied'),
    attempt('an admin of a team does not make themself an owner', manages, owns, 'denied'),
    attempt('an admin of a team demotes no owner', manages, demote, 'denied'),
    attempt('an admin of a team removes no owner', manages, remove, 'denied'),
    attempt('an admin of a team does not take it over', manages, take, 'denied'),
    attempt('an owner makes another one', owns, promote, 'owner'),
    attempt('an owner adds nobody', owns, add, 'denied'),
    attempt('an owner demotes another one', owns, demote, 'member'),
    attempt('an owner removes another one', owns, remove, 'owner'),
    attempt('an owner hands the team over', owns, take, 'true'),
    attempt('a login session that was ended stays ended', ...revive('sessions', developer.session), 'denied'),
    attempt('a key that was revoked stays revoked', ...revive('api_keys', developer.apiKey), 'denied'),
  ];
}
