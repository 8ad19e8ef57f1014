import { Injectable } from '@nestjs/common';

/** How a broker is doing, for those on call. The service is ready without it; what it should have waits. */
export interface BrokerState {
  readonly broker: string;
  readonly reachable: boolean;
}

/** What each configured broker says of itself. */
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
