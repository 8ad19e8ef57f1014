import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** Accounts that people make and recover themselves, and the invitations that lead to them. */
export function accountCases({ of: { developer, viewer, mate }, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const signUp = (email: string): string =>
    `select coalesce(app.sign_up('${email}', 'New', 'hash', 'en', sha256('token'), 'sealed')::text, 'none')`;
  const verify = `select app.verify_email(sha256('token'))::text`;
  const ask = `select app.request_verification(sha256('token'), 'sealed')::text`;
  const reset = `select app.reset_password(sha256('${developer.mailToken}'), 'new hash', 'sealed')::text`;
  const forgot = (email: string): string => `select email from app.start_password_reset('${email}', sha256('reset'))`;
  const imported = `update public.users set password_hash = '$2b$12$imported' where id = '${developer.user}'`;
  const replace = (known: string): string =>
    `select app.replace_imported_password('${developer.user}', '${known}', 'argon2');
     select password_hash from app.find_login('developer@example.com')`;
  const invited = `update public.invites set email = 'viewer@example.com' where id = '${developer.invite}'`;
  const accept = `select outcome from app.accept_invite(sha256('${developer.invite}'))`;
  const join = `select outcome from app.accept_invite_as_new(sha256('${developer.invite}'), 'New', 'hash', 'en')`;
  const memberships = (user: string): string =>
    `select count(*)::text from public.team_members where team_id = '${developer.team}' and user_id = ${user}`;
  const one = (what: string, text: string, outcome: string, more: Partial<DefinerCase> = {}): DefinerCase => ({
    ...{ what, role, ask: text, outcome },
    ...more,
  });
  return [
    one(
      'an account is made with a token for its mailbox',
      `${signUp('new@example.com')}; select email from app.find_mail_token('verify_email', sha256('token'))`,
      'new@example.com',
    ),
    one('an address has one account', signUp('Developer@example.com'), 'none'),
    one('an address is verified', `${signUp('new@example.com')}; ${verify}`, 'true'),
    one('a token verifies once', `${signUp('new@example.com')}; ${verify}; ${verify}`, 'false'),
    one('an unknown token verifies nothing', verify, 'false'),
    one('users ask for a mail to verify their address', as('developer') + ask, 'true'),
    one('users with a new mail wait for the next', `${as('developer')} ${ask}; ${ask}`, 'false'),
    one('a credential with scopes asks for no mail', as('narrowed') + ask, 'denied'),
    one('nobody asks for a mail without a session', ask, 'denied'),
    one('upkeep starts the reset of a password', forgot('Developer@example.com'), 'developer@example.com', {
      role: 'tm_background',
    }),
    one('a request cannot start the reset of a password', forgot('developer@example.com'), 'denied'),
    one('a token from the mailbox resets a password', reset, 'true'),
    one('a token resets a password once', `${reset}; ${reset}`, 'false'),
    one(
      'a reset ends the sessions',
      `${reset}; select count(*)::text from app.find_session('${developer.session}')`,
      '0',
    ),
    one('no account has an imported password', 'select app.has_imported_passwords()::text', 'false'),
    one('an imported password is replaced by who knows its hash', replace('$2b$12$imported'), 'argon2', {
      prepare: imported,
    }),
    one('an imported password is replaced by nobody else', replace('$2b$12$other'), '$2b$12$imported', {
      prepare: imported,
    }),
    one(
      'a reset by the owner of the address ends the keys of a stranger who made the account',
      `${reset}; select count(*)::text from app.find_api_key(sha256('${developer.apiKey}'))`,
      '0',
      { prepare: `update public.users set is_self_registered = true where id = '${developer.user}'` },
    ),
    one(
      'a reset leaves the keys of a user whom an administrator made',
      `${reset}; select count(*)::text from app.find_api_key(sha256('${developer.apiKey}'))`,
      '1',
    ),
    one('no other job is queued', `select app.queue_job('deliver', 'sealed')`, 'denied'),
    one(
      'a browser starts a session',
      `select app.start_browser_session('${developer.user}', sha256('cookie'), null, null);
       select user_id from app.find_session_by_token(sha256('cookie'))`,
      developer.user,
    ),
    one(
      'a browser signs out',
      `select app.start_browser_session('${developer.user}', sha256('cookie'), null, null);
       select app.end_browser_session(sha256('cookie'));
       select count(*)::text from app.find_session_by_token(sha256('cookie'))`,
      '0',
    ),
    one(
      'an invitation is found by its token',
      `select email from app.find_invite(sha256('${developer.invite}'))`,
      `${developer.invite}@example.com`,
    ),
    one('an invitation is accepted by the user of its address', as('viewer') + accept, 'accepted', {
      prepare: invited,
    }),
    one('an invitation is accepted once', `${as('viewer')} ${accept}; ${accept}`, 'unknown', { prepare: invited }),
    one(
      'an accepted invitation makes a member',
      `${as('viewer')} ${accept}; reset role; ${memberships(`'${viewer.user}'`)}`,
      '1',
      { prepare: invited },
    ),
    one('nobody else accepts an invitation', as('viewer') + accept, 'other address'),
    one('a credential with scopes accepts nothing', as('narrowed') + accept, 'denied', { prepare: invited }),
    one('nobody accepts without a session', accept, 'denied', { prepare: invited }),
    one('an invitation makes an account', join, 'accepted'),
    one('an invitation makes one account', `${join}; ${join}`, 'unknown'),
    one('an invitation makes no second account of an address', join, 'has account', { prepare: invited }),
    one(
      'nobody is invited to a personal team',
      `${as('developer')} insert into public.invites (team_id, email, role, token_hash, created_by)
       select id, 'new@example.com', 'member', sha256('new'), owner_id
       from public.teams
       where owner_id = '${developer.user}'
         and is_personal`,
      'check',
    ),
    one(
      'a member is not invited',
      `${as('developer')} insert into public.invites (team_id, email, role, token_hash, created_by)
       values ('${developer.team}', 'COLLEAGUE@example.com', 'member', sha256('new'), '${developer.user}')`,
      'duplicate',
    ),
    one(
      'nobody invites in the name of somebody else',
      `${as('developer')} insert into public.invites (team_id, email, role, token_hash, created_by)
       values ('${developer.team}', 'new@example.com', 'member', sha256('new'), '${mate.user}')`,
      'denied',
    ),
    one(
      'only administrators choose the role of an account',
      `${as('developer')} insert into public.invites (team_id, email, role, token_hash, created_by, user_role_id)
       values ('${developer.team}', 'new@example.com', 'member', sha256('new'), '${developer.user}', '${developer.role}')`,
      'denied',
    ),
  ];
}
