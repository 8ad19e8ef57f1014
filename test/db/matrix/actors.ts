import type { Credential, Person } from './world.js';

/** An actor: the database role of the pool, and how the transaction begins. */
export interface Actor {
  readonly name: string;
  readonly role: string;
  /** The credential whose session is opened; the pool role is passed on to app.open_session. */
  readonly session?: Credential;
  /** The reason of background work. */
  readonly reason?: string;
  readonly readOnly?: boolean;
  /** Roles that the service's login cannot switch to are tested as superuser. */
  readonly operator?: boolean;
}

export const actors: readonly Actor[] = [
  { name: 'anonymous', role: 'tm_app_rw' },
  { name: 'viewer', role: 'tm_app_rw', session: 'viewer' },
  { name: 'developer', role: 'tm_app_rw', session: 'developer' },
  // The developer again: with a key of the scope tasks:read, in a read-only transaction, and on the analytics pool.
  { name: 'narrowed', role: 'tm_app_rw', session: 'narrowed' },
  { name: 'reader', role: 'tm_app_ro', session: 'developer', readOnly: true },
  { name: 'analyst', role: 'tm_analytics', session: 'developer' },
  { name: 'api_client', role: 'tm_app_rw', session: 'api_client' },
  // A custom role; of the four built-in roles only admin may write errors.
  { name: 'reporter', role: 'tm_app_rw', session: 'reporter' },
  { name: 'admin', role: 'tm_app_rw', session: 'admin' },
  // An admin's key with the scope tasks:read, and the admin role without a session.
  { name: 'narrowed_admin', role: 'tm_app_rw', session: 'narrowed_admin' },
  { name: 'bare_admin', role: 'tm_admin' },
  { name: 'background', role: 'tm_background', reason: 'matrix' },
  { name: 'idle_background', role: 'tm_background' },
  { name: 'backup', role: 'tm_backup', operator: true },
  { name: 'monitor', role: 'tm_monitor', operator: true },
  { name: 'owner', role: 'tm_owner', operator: true },
];

export const actorNames = actors.map((actor) => actor.name);

/** Whose rows count as an actor's own; actors without a session use the developer's. */
export function personOf(actor: Actor): Person {
  switch (actor.session) {
    case 'viewer':
    case 'api_client':
    case 'reporter':
      return actor.session;
    case 'admin':
    case 'narrowed_admin':
      return 'admin';
    default:
      return 'developer';
  }
}

/** The roles whose policies apply to the actor: an admin's session continues as tm_admin. */
export function rolesOf(actor: Actor): string[] {
  return [actor.session?.endsWith('admin') ? 'tm_admin' : actor.role];
}
