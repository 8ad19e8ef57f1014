import type { Session } from '../auth/session.js';
import type { PublishedEvent } from './event.js';
import type { Subscription } from './subscription.js';

/** One event for one connection, with the subscriptions that get it. */
export interface EventDelivery {
  readonly event: PublishedEvent;
  readonly ids: readonly string[];
}

/** A connection that listens to events, independent of its protocol. */
export interface EventListener {
  /** Null until the connection has authenticated. */
  readonly session: Session | null;
  readonly subscriptions: Map<string, Subscription>;
  readonly isOpen: boolean;
  /** Sends events as one batch, or ends the connection when its buffer is full. */
  deliver(events: readonly EventDelivery[]): void;
  /** Resolves once most of what was sent has left, or the connection is closed. */
  hasRoom(): Promise<void>;
  /** Ends a connection that is too far behind. */
  endAsTooSlow(): void;
  /** Ends a connection whose credential PostgreSQL has refused. */
  revoke(): void;
}
