import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { Language } from '../../platform/mail/mail.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Invite } from './invite.dto.js';
import type { InvitedRole, InviteStatus } from './invite.values.js';

/** An invitation as JSON text, with what decides who may change it. */
export interface InviteRow {
  readonly id: string;
  readonly version: number;
  readonly teamId: string | null;
  readonly status: InviteStatus;
  readonly email: string;
  readonly data: string;
}

// Explicit columns, because the service cannot read the hash of the token.
const INVITES = `(
  select
    i.id,
    i.team_id,
    i.email,
    i.role,
    case
      when i.accepted_at is not null then 'accepted'
      when i.revoked_at is not null then 'revoked'
      when i.expires_at <= now() then 'expired'
      else 'open'
    end as status,
    i.created_by,
    i.expires_at,
    i.sent_at,
    i.accepted_at,
    i.revoked_at,
    i.version,
    i.created_at,
    i.updated_at
  from public.invites i
)`;

export function getInvite(id: string, fields?: readonly string[]): Statement<InviteRow> {
  const text = `select
  t.id,
  t.version,
  t.team_id as "teamId",
  t.status,
  t.email,
  ${jsonOf(Invite, 't', fields)} as data
from ${INVITES} t
where t.id = $1`;
  return fields ? shapedStatement('invites.get', text, [id]) : statement('invites.get', text, [id]);
}

export const inviteSource: Omit<ListSource, 'allTeams'> = {
  name: 'invites.list',
  table: INVITES,
  shape: Invite,
  teamColumn: 'team_id',
  where: [],
};

export interface InviteValues {
  readonly teamId: string | null;
  readonly email: string;
  readonly role: InvitedRole | null;
  readonly userRoleId: string | null;
}

export function insertInvite(values: InviteValues, tokenHash: Buffer): Statement<{ id: string }> {
  const { teamId, email, role, userRoleId } = values;
  return statement(
    'invites.insert',
    `insert into public.invites (team_id, email, role, user_role_id, token_hash, created_by)
values ($1, $2, $3, $4, $5, app.current_user_id())
returning id`,
    [teamId, email, role, userRoleId, tokenHash],
  );
}

/** The names that the mail says. */
export function getInviteNames(teamId: string | null): Statement<{ inviter: string; team: string | null }> {
  return statement(
    'invites.names',
    `select u.name as inviter, (select t.name from public.teams t where t.id = $1) as team
from public.users u
where u.id = app.current_user_id()`,
    [teamId],
  );
}

/** Replaces the token of an invitation that is open or expired; an earlier mail no longer works. */
export function renewInvite(id: string, tokenHash: Buffer): Statement<{ id: string }> {
  return statement(
    'invites.renew',
    `update public.invites i
set token_hash = $2,
  expires_at = now() + interval '7 days',
  sent_at = now()
where i.id = $1
  and i.accepted_at is null
  and i.revoked_at is null
  and i.sent_at < now() - interval '1 minute'
returning i.id`,
    [id, tokenHash],
  );
}

export function revokeInvite(id: string): Statement<{ id: string }> {
  return statement(
    'invites.revoke',
    `update public.invites i
set revoked_at = now()
where i.id = $1
  and i.accepted_at is null
  and i.revoked_at is null
returning i.id`,
    [id],
  );
}

/** What an invitation says to the holder of its token. */
export interface FoundInvite {
  readonly email: string;
  readonly teamName: string | null;
  readonly inviterName: string | null;
  readonly hasAccount: boolean;
}

export function findInvite(tokenHash: Buffer): Statement<FoundInvite> {
  return statement(
    'invites.find',
    `select
  email,
  team_name as "teamName",
  inviter_name as "inviterName",
  has_account as "hasAccount"
from app.find_invite($1)`,
    [tokenHash],
  );
}

export function acceptInvite(
  tokenHash: Buffer,
): Statement<{ outcome: 'accepted' | 'unknown' | 'other address'; teamId: string | null }> {
  return statement('invites.accept', 'select outcome, team_id as "teamId" from app.accept_invite($1)', [tokenHash]);
}

export function acceptInviteAsNew(
  tokenHash: Buffer,
  name: string,
  passwordHash: string,
  language: Language,
): Statement<{ outcome: 'accepted' | 'unknown' | 'has account'; userId: string; teamId: string | null }> {
  return statement(
    'invites.accept_as_new',
    'select outcome, user_id as "userId", team_id as "teamId" from app.accept_invite_as_new($1, $2, $3, $4)',
    [tokenHash, name, passwordHash, language],
  );
}
