import type { GraphQLFormattedError } from 'graphql';
import type { EventDelivery } from '../events/event-listener.js';
import type { LiveClient, LiveProtocol } from '../realtime/live-client.js';
import { ResultQueue } from './result-queue.js';
import type { RunningSubscription } from './subscriber.js';

/** A problem that the live feed reports to the client. */
export class ReportedProblem extends Error {
  constructor(readonly answered: GraphQLFormattedError) {
    super(answered.message);
  }
}

interface Active {
  readonly running: RunningSubscription;
  readonly results: ResultQueue;
}

/** The subscriptions of one connection. The live feed pushes events, and graphql-ws reads results. */
export class SubscriptionConnection implements LiveProtocol {
  readonly #active = new Map<string, Active>();

  constructor(readonly client: LiveClient) {}

  /** Starts a subscription. A refusal becomes an error in the results. */
  start(id: string, running: RunningSubscription): ResultQueue {
    const results = new ResultQueue(() => {
      this.#active.delete(id);
      this.client.subscriptions.delete(id);
    });
    this.#active.set(id, { running, results });
    try {
      running.start();
    } catch (error) {
      this.#fail(id, error as Error);
    }
    return results;
  }

  deliver(events: readonly EventDelivery[]): void {
    for (const { event, ids } of events) {
      const body = JSON.parse(event.json) as object;
      for (const id of ids) {
        const active = this.#active.get(id);
        active?.results.push(active.running.result(body));
      }
    }
  }

  say(event: string, data: unknown): void {
    if (event !== 'error') return;
    const { detail, subscription, ...extensions } = data as Readonly<Record<string, unknown>>;
    this.#fail(String(subscription), new ReportedProblem({ message: String(detail), extensions }));
  }

  #fail(id: string, reason: Error): void {
    const results = this.#active.get(id)?.results;
    this.#active.delete(id);
    results?.fail(reason);
  }
}
