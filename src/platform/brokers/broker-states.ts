import { Injectable } from '@nestjs/common';

/** The state of a broker. The service is ready without it, and events wait until it is back. */
export interface BrokerState {
  readonly broker: string;
  readonly reachable: boolean;
}

/** The states of all configured brokers. */
@Injectable()
export class BrokerStates {
  readonly #states = new Map<string, () => boolean>();

  add(broker: string, isReachable: () => boolean): void {
    this.#states.set(broker, isReachable);
  }

  snapshot(): BrokerState[] {
    return [...this.#states].map(([broker, isReachable]) => ({ broker, reachable: isReachable() }));
  }
}
