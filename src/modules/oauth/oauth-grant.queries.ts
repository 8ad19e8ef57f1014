import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { OauthGrant } from './oauth-grant.dto.js';

const GRANTS = `(
  select
    g.id, g.user_id, g.client_id as client, g.client_name, g.scopes, g.resource, g.expires_at, g.last_used_at, g.revoked_at,
    g.created_at
  from public.oauth_grants g
)`;

/** The grants of one user that have not ended. The policy shows administrators every grant, but this list is personal. */
export function grantsOf(userId: string): ListSource {
  return {
    name: 'oauth.grants',
    table: GRANTS,
    shape: OauthGrant,
    teamColumn: 'user_id',
    where: ['t.revoked_at is null', 't.expires_at > now()'],
    allTeams: false,
    teamIds: [userId],
  };
}

export interface GrantValues {
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
}

export function insertGrant(grant: GrantValues): Statement {
  return statement(
    'oauth.insert_grant',
    `insert into public.oauth_grants (id, user_id, client_id, client_name, resource, scopes, expires_at)
values ($1, app.current_user_id(), $2, $3, $4, $5::jsonb, $6)`,
    [grant.id, grant.clientId, grant.clientName, grant.resource, JSON.stringify(grant.scopes), grant.expiresAt],
  );
}

/** A trigger ends the tokens with it. */
export function revokeGrant(id: string): Statement<{ id: string }> {
  return statement(
    'oauth.revoke_grant',
    `update public.oauth_grants
set revoked_at = now()
where id = $1
  and revoked_at is null
  and expires_at > now()
returning id`,
    [id],
  );
}
