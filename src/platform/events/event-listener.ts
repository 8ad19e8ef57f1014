import type { Session } from '../auth/session.js';
import type { PublishedEvent } from './event.js';
import type { Subscription } from './subscription.js';

/** One event for one connection, with the subscriptions that it is for. */
export interface EventDelivery {
  readonly event: PublishedEvent;
  readonly ids: readonly string[];
}

/** A connection that listens to events, whatever its protocol is. */
export interface EventListener {
  /** Null until the connection has authenticated. */
  readonly session: Session | null;
  readonly subscriptions: Map<string, Subscription>;
  readonly isOpen: boolean;
  /** Sends events that belong together, or ends the connection when too much waits for its reader. */
  deliver(events: readonly EventDelivery[]): void;
  /** Resolves once most of what was sent has left, or the connection is closed. */
  hasRoom(): Promise<void>;
  /** Ends a connection that is further behind than it may be. */
  endAsTooSlow(): void;
  /** Ends a connection whose credential PostgreSQL has refused. */
  revoke(): void;
}
