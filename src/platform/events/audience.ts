import type { Session } from '../auth/session.js';
import type { PublishedEvent } from './event.js';
import type { AudienceRow } from './event.queries.js';

/** What PostgreSQL lets a session see at a moment. */
export interface Audience {
  readonly teamIds: ReadonlySet<string>;
  readonly permissions: ReadonlySet<string>;
  readonly isAdmin: boolean;
}

/** By credential; null for a credential that is no longer valid. */
export type Audiences = ReadonlyMap<string, Audience | null>;

/**
 * The answer to who may see a batch and all before it, asked in the same round trip behind the statement that published or
 * read the batch. Null if it failed; then the listener asks again.
 */
export type AudienceAnswer = Promise<Audiences | null>;

export function audiencesOf(sessions: readonly Session[], rows: readonly AudienceRow[]): Audiences {
  const found = new Map<string, Audience | null>(sessions.map(({ credentialId }) => [credentialId, null]));
  for (const row of rows) {
    const session = sessions[Number(row.place) - 1];
    if (!session) continue;
    const { team_ids, permissions, is_admin: isAdmin } = row;
    found.set(session.credentialId, { teamIds: new Set(team_ids), permissions: new Set(permissions), isAdmin });
  }
  return found;
}

/** Repeats the row-level security policy of events, for events that are delivered without reading the table again. */
export function maySee({ teamIds, permissions, isAdmin }: Audience, event: PublishedEvent): boolean {
  const inTeam = isAdmin || (event.teamId !== null && teamIds.has(event.teamId));
  return inTeam && (permissions.has(event.needs) || permissions.has('*'));
}
