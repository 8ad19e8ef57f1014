import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** The second factor of logins. Everybody in the world has a confirmed one. */
export function secondFactorCases({ of: { developer, mate }, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const none = `delete from public.second_factors where user_id = '${developer.user}'`;
  const begun = `update public.second_factors set confirmed_at = null where user_id = '${developer.user}'`;
  const find = `select count(*)::text from app.find_second_factor('${developer.user}')`;
  const use = (step: string, code: string): string =>
    `select app.use_second_factor('${developer.user}', ${step}, sha256('${code}'))::text`;
  const start = `select app.start_second_factor('other')::text`;
  const confirm = 'select app.confirm_second_factor(7)::text';
  const renew = `select app.replace_recovery_codes(array[sha256('new')])::text`;
  const remove = (user: string): string => `select app.remove_second_factor('${user}')::text`;
  const one = (what: string, ask: string, outcome: string, prepare?: string): DefinerCase => ({
    ...{ what, role, ask, outcome },
    ...(prepare === undefined ? {} : { prepare }),
  });
  return [
    one('a login finds the second factor', find, '1'),
    one('a login does not ask for one that is not confirmed', find, '0', begun),
    one('a step of the clock counts', use('5', 'x'), 'true'),
    one('a step of the clock counts once', `${use('5', 'x')}; ${use('5', 'x')}`, 'false'),
    one('no step counts after a later one', `${use('5', 'x')}; ${use('4', 'x')}`, 'false'),
    one('a recovery code counts', use('null', 'code'), 'true'),
    one('a recovery code counts once', `${use('null', 'code')}; ${use('null', 'code')}`, 'false'),
    one('a second factor is started', as('developer') + start, 'true', none),
    one('a new secret replaces one that is not confirmed', as('developer') + start, 'true', begun),
    one('a confirmed one is not replaced', as('developer') + start, 'false'),
    one('a credential with scopes starts none', as('narrowed') + start, 'denied', none),
    one('nobody starts one without a session', start, 'denied'),
    one('a second factor is confirmed', as('developer') + confirm, 'true', begun),
    one('there may be nothing to confirm', as('developer') + confirm, 'false'),
    one('a credential with scopes confirms none', as('narrowed') + confirm, 'denied', begun),
    one(
      'the new secret is found by its user',
      `${as('developer')} select count(*)::text from app.find_new_second_factor()`,
      '1',
      begun,
    ),
    one('recovery codes are replaced', `${as('developer')} ${renew}; ${use('null', 'code')}`, 'false'),
    one('new recovery codes count', `${as('developer')} ${renew}; ${use('null', 'new')}`, 'true'),
    one('a credential with scopes replaces no codes', as('narrowed') + renew, 'denied'),
    one('users remove their second factor', as('developer') + remove(developer.user), 'true'),
    one('users remove that of nobody else', as('developer') + remove(mate.user), 'denied'),
    one('administrators remove it for others', as('admin') + remove(mate.user), 'true'),
    one('a credential with scopes removes none', as('narrowed') + remove(developer.user), 'denied'),
    one('nobody removes one without a session', remove(developer.user), 'denied'),
    one('users see whether they have one', `${as('developer')} select app.has_second_factor()::text`, 'true'),
    one('users see that they have none', `${as('developer')} select app.has_second_factor()::text`, 'false', begun),
  ];
}
