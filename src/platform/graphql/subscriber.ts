import type { DocumentNode, ExecutionResult } from 'graphql';
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
  readonly document: DocumentNode;
  /** @throws Fault */
  start(): void;
  /** An event in the shape that the document selects. */
  result(event: object): ExecutionResult;
}
