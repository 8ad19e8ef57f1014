import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

const RESOURCE = 'https://tasks.example';

/** The codes, tokens and grants of OAuth. */
export function oauthCases({ of: { developer, mate }, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const grant = developer.oauthGrant;
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const save = (more: { grant?: string; claims?: boolean; payload?: string; kind?: string } = {}): string =>
    `select app.save_oauth_record('${more.kind ?? 'DeviceCode'}', sha256('code'), sha256('typed'),
       ${more.grant === undefined ? 'null' : `'${more.grant}'`}, '${more.payload ?? 'sealed'}', now() + interval '1 hour',
       ${more.claims ?? false})::text`;
  const consume = `select app.consume_oauth_record('RefreshToken', sha256('${grant}'))::text`;
  const find = (hash: string, byLookup: boolean): string =>
    `select count(*)::text from app.find_oauth_record('DeviceCode', sha256('${hash}'), ${byLookup})`;
  const start = (scopes: string, resource = RESOURCE): string =>
    `select (app.start_oauth_session(sha256('access'), '${grant}', '${scopes}', '${resource}', now() + interval '1 hour',
       null, null) is not null)::text`;
  const holder = `select coalesce((select user_id::text from app.find_oauth_session(sha256('access'))), 'none')`;
  const revoke = `select app.revoke_oauth_grant('${grant}')`;
  const ended = `update public.oauth_grants set revoked_at = now() where id = '${grant}'`;
  const disabled = `update public.users set is_active = false where id = '${developer.user}'`;
  const one = (what: string, text: string, outcome: string, prepare?: string): DefinerCase => ({
    ...{ what, role, ask: text, outcome },
    ...(prepare === undefined ? {} : { prepare }),
  });
  return [
    one('a record is found by its secret', `${save()}; ${find('code', false)}`, '1'),
    one('a record is found by what is typed, when that is asked for', `${save()}; ${find('typed', true)}`, '1'),
    one('what is typed is not the secret', `${save()}; ${find('typed', false)}`, '0'),
    one('the secret is not what is typed', `${save()}; ${find('code', true)}`, '0'),
    one('the code of a device is confirmed', `${save()}; ${save({ claims: true })}`, 'true'),
    one(
      'the code of a device is confirmed once',
      `${save()}; ${save({ claims: true })}; ${save({ claims: true })}`,
      'false',
    ),
    one('the code of a device keeps its grant', `${save({ grant })}; ${save({ grant: mate.oauthGrant })}`, 'false'),
    one('a grant that has ended gets no code', save({ grant }), 'false', ended),
    one('a disabled user gets no code', save({ grant }), 'false', disabled),
    one('a refresh token is exchanged', consume, 'true'),
    one('a refresh token is exchanged once', `${consume}; ${consume}`, 'false'),
    one(
      'what was exchanged does not change',
      `${consume}; ${save()};
      select app.save_oauth_record('RefreshToken', sha256('${grant}'), null, '${grant}', 'x', now(), false)::text`,
      'false',
    ),
    one(
      'an exchange is settled',
      `${consume}; select app.settle_oauth_record('RefreshToken', sha256('${grant}'));
       select (settled_for is not null)::text from app.find_oauth_record('RefreshToken', sha256('${grant}'), false)`,
      'true',
    ),
    one(
      'a record is forgotten',
      `${save()}; select app.delete_oauth_record('DeviceCode', sha256('code')); ${find('code', false)}`,
      '0',
    ),
    one('a grant is found', `select user_id::text from app.find_oauth_grant('${grant}')`, developer.user),
    one('an ended grant is not found', `select count(*)::text from app.find_oauth_grant('${grant}')`, '0', ended),
    one('an access token is a session of its user', `${start('["tasks:read"]')}; ${holder}`, developer.user),
    one('an access token reaches no further than its grant', start('["tasks:read","tasks:write"]'), 'false'),
    one('an access token has the audience of its grant', start('["tasks:read"]', 'https://other.example'), 'false'),
    one('an ended grant gets no access token', start('["tasks:read"]'), 'false', ended),
    one('a disabled user gets no access token', start('["tasks:read"]'), 'false', disabled),
    one(
      'an access token is ended',
      `${start('["tasks:read"]')}; select app.end_oauth_session(sha256('access')); ${holder}`,
      'none',
    ),
    one('the access tokens of a grant end with it', `${start('["tasks:read"]')}; ${revoke}; ${holder}`, 'none'),
    one(
      'the refresh tokens of a grant end with it',
      `${revoke}; select count(*)::text from app.find_oauth_record('RefreshToken', sha256('${grant}'), false)`,
      '0',
    ),
    one(
      'the tokens end when their user revokes the grant',
      `${start('["tasks:read"]')}; ${as('developer')} ${ended}; ${holder}`,
      'none',
    ),
  ];
}
