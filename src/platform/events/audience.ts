import type { PublishedEvent } from './event.js';

/** What PostgreSQL lets a session see at a moment. */
export interface Audience {
  readonly teamIds: ReadonlySet<string>;
  readonly permissions: ReadonlySet<string>;
  readonly isAdmin: boolean;
}

/** Repeats the row-level security policy of events, for events that are delivered without reading the table again. */
export function maySee({ teamIds, permissions, isAdmin }: Audience, event: PublishedEvent): boolean {
  const inTeam = isAdmin || (event.teamId !== null && teamIds.has(event.teamId));
  return inTeam && (permissions.has(event.needs) || permissions.has('*'));
}
