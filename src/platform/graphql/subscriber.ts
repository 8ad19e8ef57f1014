import type { Session } from '../auth/session.js';
import type { LiveClient } from '../realtime/live-client.js';

/** The connection that a subscription is for. */
export interface Subscriber {
  readonly client: LiveClient;
  readonly session: Session;
  /** What the client calls the subscription. */
  readonly id: string;
}

/** A subscription that was read and checked. */
export interface RunningSubscription {
  /** Begins it. @throws Fault */
  start(): void;
  /** An event in the shape that was asked for. */
  result(event: object): object;
}
