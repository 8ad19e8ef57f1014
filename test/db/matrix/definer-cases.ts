import type pg from 'pg';
import { accountCases } from './account-cases.js';
import { agentCases } from './agent-cases.js';
import { auditCases } from './audit-cases.js';
import type { DefinerCase } from './definer-case.js';
import { errorCases } from './error-cases.js';
import { eventCases } from './event-cases.js';
import { flowCases } from './flow-cases.js';
import { ingestCases } from './ingest-cases.js';
import { wordOf } from './answers.js';
import { membershipCases } from './membership-cases.js';
import { oauthCases } from './oauth-cases.js';
import { ownershipCases } from './ownership-cases.js';
import { secondFactorCases } from './second-factor-cases.js';
import { privacyCases } from './privacy-cases.js';
import { sessionSql } from './session-sql.js';
import { validationCases } from './validation-cases.js';
import { workCases } from './work-cases.js';
import type { World } from './world.js';

export function definerCases({ of, credentials }: World): DefinerCase[] {
  const open = (who: keyof World['credentials'], role = 'tm_app_rw'): string =>
    `app.open_session('${credentials[who].user}', '${credentials[who].credential}', null, null, '${role}')`;
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const role = 'tm_app_rw';
  const { developer, mate, foreigner } = of;
  const external = `app.start_external_session('https://new.example', 'subject', 'developer@example.com', null, false,
    sha256('token'), now() + interval '1 hour', null)`;
  return [
    { what: 'a key opens a session', role, ask: `select ${open('developer')}`, outcome: 'tm_app_rw' },
    { what: 'an admin continues as tm_admin', role, ask: `select ${open('admin')}`, outcome: 'tm_admin' },
    {
      what: 'a session knows the teams of its user',
      role,
      ask: `${as('developer')} select (app.current_team_ids() @> array['${developer.home}', '${developer.team}']::uuid[])::text`,
      outcome: 'true',
    },
    {
      what: 'a login session opens a session',
      role,
      ask: `select app.open_session('${developer.user}', '${developer.session}', null, null, 'tm_app_ro')`,
      outcome: 'tm_app_ro',
    },
    {
      what: 'a key is found by its hash',
      role,
      ask: `select user_id from app.find_api_key(sha256('${developer.apiKey}'))`,
      outcome: developer.user,
    },
    {
      what: 'a login session is found',
      role,
      ask: `select user_id from app.find_session('${developer.session}')`,
      outcome: developer.user,
    },
    {
      what: 'a login is found in any case',
      role,
      ask: `select user_id from app.find_login('Developer@Example.com')`,
      outcome: developer.user,
    },
    {
      what: 'a wrong password is counted',
      role,
      ask: `select app.record_failed_login('${developer.user}', 5, '15 min');
            select login_attempts::text from app.find_login('developer@example.com')`,
      outcome: '1',
    },
    {
      what: 'a login starts a session',
      role,
      ask: `select set_config('test.session', app.start_session('${developer.user}', sha256('first'), '1 day', null, null, null)::text, true);
            select user_id from app.find_session(current_setting('test.session')::uuid)`,
      outcome: developer.user,
    },
    {
      what: 'a token of another issuer links its person and opens a session',
      role,
      ask: `select outcome from ${external}`,
      outcome: 'found',
    },
    {
      what: 'the token of an ended session links nothing again',
      role,
      prepare: `insert into public.sessions (user_id, token_hash, expires_at, revoked_at)
                values ('${developer.user}', sha256('token'), now() + interval '1 hour', now())`,
      ask: `select count(*)::text from ${external}`,
      outcome: '0',
    },
    {
      what: 'sessions end with the identity that started them',
      role,
      ask: `select outcome from ${external}; ${as('admin')} delete from public.user_identities where issuer = 'https://new.example';
            select count(*)::text from public.sessions where user_id = '${developer.user}' and revoked_at is null`,
      outcome: '1',
    },
    {
      what: 'a refresh token is exchanged for the next one of its family',
      role,
      ask: `select user_id from app.exchange_refresh_token(sha256('${developer.session}'), sha256('family'), sha256('next'))`,
      outcome: developer.user,
    },
    {
      what: 'an earlier token of a family ends the session',
      role,
      ask: `select app.exchange_refresh_token(sha256('${developer.session}'), sha256('family'), sha256('next'));
            select app.exchange_refresh_token(sha256('made up'), sha256('family'), sha256('third'));
            select count(*)::text from app.find_session('${developer.session}')`,
      outcome: '0',
    },
    {
      what: 'a refresh token is exchanged',
      role,
      ask: `select reused::text from app.rotate_session(sha256('${developer.session}'), sha256('next'))`,
      outcome: 'false',
    },
    {
      what: 'a refresh token used twice ends its session',
      role,
      ask: `select app.rotate_session(sha256('${developer.session}'), sha256('next'));
            select reused::text from app.rotate_session(sha256('${developer.session}'), sha256('third'))`,
      outcome: 'true',
    },
    {
      what: 'a logout ends the session',
      role,
      ask: `select app.end_session(sha256('${developer.session}')); select count(*)::text from app.find_session('${developer.session}')`,
      outcome: '0',
    },
    {
      what: 'users change their own password',
      role,
      ask: `${as('developer')} select app.set_own_password('new hash');
            select password_hash from app.find_login('developer@example.com')`,
      outcome: 'new hash',
    },
    {
      what: 'a new password ends the other login sessions',
      role,
      ask: `${as('developer')} select app.set_own_password('new hash');
            select count(*)::text from app.find_session('${developer.session}')`,
      outcome: '0',
    },
    {
      what: 'a credential with scopes changes no password',
      role,
      ask: `${as('narrowed')} select app.set_own_password('new hash')`,
      outcome: 'denied',
    },
    {
      what: 'nobody changes a password without a session',
      role,
      ask: `select app.set_own_password('new hash')`,
      outcome: 'denied',
    },
    {
      what: 'a team is made with its owner',
      role,
      ask: `${as('developer')} select app.create_team('new', null, null);
            select count(*)::text from public.teams t join public.team_members m on m.team_id = t.id and m.role = 'owner'
            where t.name = 'new'`,
      outcome: '1',
    },
    {
      what: 'a viewer makes no team',
      role,
      ask: `${as('viewer')} select app.create_team('new', null, null)`,
      outcome: 'denied',
    },
    {
      what: 'nobody makes a team without a session',
      role,
      ask: `select app.create_team('new', null, null)`,
      outcome: 'denied',
    },
    {
      what: 'the first admin is made where there is no user',
      role,
      prepare: 'set local session_replication_role = replica; delete from public.users; reset session_replication_role',
      ask: `select app.create_first_admin('first@example.com', 'first', null, 'tm_', sha256('first'));
            select role_name from app.find_api_key(sha256('first'))`,
      outcome: 'admin',
    },
    {
      what: 'there is no second first admin',
      role,
      ask: `select app.create_first_admin('first@example.com', 'first', null, 'tm_', sha256('first'))`,
      outcome: 'null',
    },
    {
      what: 'a new user gets a personal team',
      role,
      ask: `${as('admin')} insert into public.users (username, email, name, role_id) values ('n', 'n@example.com', 'n', '${developer.role}');
            select count(*)::text from public.teams t where t.is_personal and t.name = 'n'`,
      outcome: '1',
    },
    {
      what: 'a team keeps its last owner',
      role,
      ask: `${as('developer')} delete from public.team_members where team_id = '${developer.team}' and user_id = '${developer.user}'`,
      outcome: 'check',
    },
    {
      what: 'a team that is deleted asks nobody to stay',
      role,
      ask: `${as('developer')} delete from public.teams where id = '${developer.team}';
            select count(*)::text from public.team_members where team_id = '${developer.team}'`,
      outcome: '0',
    },
    {
      what: 'a search finds what the caller may see and nothing else',
      role,
      prepare: `update public.tasks set title = 'needle' where id in ('${mate.leaf}', '${foreigner.leaf}')`,
      ask: `${as('developer')} select app.search_task_ids(app.search_query('needle'), null)::text`,
      outcome: `{${mate.leaf}}`,
    },
    {
      what: 'an admin finds both',
      role,
      prepare: `update public.tasks set title = 'needle' where id in ('${mate.leaf}', '${foreigner.leaf}')`,
      ask: `${as('admin')} select cardinality(app.search_task_ids(app.search_query('needle'), null))::text`,
      outcome: '2',
    },
    {
      what: 'nobody finds anything without a session',
      role,
      prepare: `update public.tasks set title = 'needle' where id in ('${mate.leaf}', '${foreigner.leaf}')`,
      ask: `select app.search_task_ids(app.search_query('needle'), null)::text`,
      outcome: '{}',
    },
    ...validationCases({ of, credentials } as World),
    ...errorCases({ of, credentials } as World),
    ...eventCases({ of, credentials } as World),
    ...flowCases({ of, credentials } as World),
    ...agentCases({ of, credentials } as World),
    ...ingestCases({ of, credentials } as World),
    ...workCases({ of, credentials } as World),
    ...auditCases({ of, credentials } as World),
    ...ownershipCases({ of, credentials } as World),
    ...accountCases({ of, credentials } as World),
    ...secondFactorCases({ of, credentials } as World),
    ...privacyCases({ of, credentials } as World),
    ...oauthCases({ of, credentials } as World),
    ...membershipCases({ of, credentials } as World),
    ...refused({ of, credentials } as World),
  ];
}

/** Invalid credentials open no session; SQLSTATE 28000 becomes status 401. */
function refused({ of: { developer, foreigner }, credentials }: World): DefinerCase[] {
  const { user, credential } = credentials.developer;
  const attempt = (u: string, c: string, pool = 'tm_app_rw'): string =>
    `select app.open_session('${u}', '${c}', null, null, '${pool}')`;
  const key = (change: string): string => `update public.api_keys set ${change} where id = '${credential}'`;
  const session = (change: string): string => `update public.sessions set ${change} where id = '${developer.session}'`;
  const cases: [string, string, string][] = [
    ['a revoked key', key('revoked_at = now()'), attempt(user, credential)],
    ['an expired key', key(`expires_at = now() - interval '1 s'`), attempt(user, credential)],
    ['a revoked login session', session('revoked_at = now()'), attempt(user, developer.session)],
    ['an expired login session', session('expires_at = now()'), attempt(user, developer.session)],
    [
      'a user who was disabled',
      `update public.users set is_active = false where id = '${user}'`,
      attempt(user, credential),
    ],
    [
      'a role that was disabled',
      // A built-in role stays active, so the user has another one.
      `update public.users set role_id = '${foreigner.role}' where id = '${user}';
       update public.user_roles set is_active = false where id = '${foreigner.role}'`,
      attempt(user, credential),
    ],
    ["another user's key", '', attempt(user, foreigner.apiKey)],
    ['a key that is not there', '', attempt(user, foreigner.leaf)],
  ];
  return [
    ...cases.map(([what, prepare, ask]) => ({
      what: `${what} opens nothing`,
      role: 'tm_app_rw',
      prepare,
      ask,
      outcome: 'no session',
    })),
    ...['tm_admin', 'tm_background', 'tm_owner', 'postgres'].map((pool) => ({
      what: `a session does not continue as ${pool}`,
      role: 'tm_app_rw',
      ask: attempt(user, credential, pool),
      outcome: 'denied',
    })),
    {
      what: 'a background job opens no session',
      role: 'tm_background',
      ask: attempt(user, credential),
      outcome: 'denied',
    },
  ];
}

/** Runs a case inside the open transaction of a superuser and rolls it back. */
export async function runDefinerCase(superuser: pg.Client, one: DefinerCase): Promise<string> {
  await superuser.query('savepoint definer_case');
  try {
    if (one.prepare) await superuser.query(one.prepare);
    await superuser.query(`set local role ${one.role}`);
    const answers = [(await superuser.query(one.ask)) as unknown].flat() as pg.QueryResult<Record<string, unknown>>[];
    const row = answers.at(-1)?.rows[0];
    return row ? String(Object.values(row)[0]) : 'no row';
  } catch (error) {
    return wordOf((error as pg.DatabaseError).code ?? String(error));
  } finally {
    await superuser.query('rollback to savepoint definer_case');
  }
}
