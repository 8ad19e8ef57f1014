import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Session } from '../auth/session.js';
import type { LiveClient } from '../realtime/live-client.js';

/** The connection of a subscription. */
export interface Subscriber {
  readonly client: LiveClient;
  readonly session: Session;
  /** The id that the client has chosen. */
  readonly id: string;
}

/** A parsed and checked subscription. */
export interface RunningSubscription {
  readonly document: DocumentNode;
  /** @throws Fault */
  start(): void;
  /** An event in the shape that the document selects. */
  result(event: object): ExecutionResult;
}
