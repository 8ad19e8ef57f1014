import type { OnApplicationShutdown } from '@nestjs/common';
import { RepeatedLines } from './repeated-lines.js';

/** Where a failure took place. It holds nothing that a client wrote. */
export interface FailurePlace {
  readonly requestId: string;
  /** Method and declared route. */
  readonly route: string;
  readonly traceId: string | undefined;
}

/** Sends failures to a service that collects them. */
export interface FailureReporter {
  send(error: unknown, place: FailurePlace): void;
  /** Waits for what is on its way, within a bound. */
  close(): Promise<void>;
}

function identityOf(error: unknown, { route }: FailurePlace): string {
  return error instanceof Error ? `${route} ${error.name} ${error.message}` : route;
}

/** Reports unexpected failures of requests, each kind once a minute. Without a reporter it does nothing. */
export class FailureReports implements OnApplicationShutdown {
  readonly #repeated = new RepeatedLines();

  constructor(private readonly reporter: FailureReporter | null = null) {}

  report(error: unknown, place: FailurePlace): void {
    if (this.reporter && this.#repeated.admit(identityOf(error, place)) !== null) this.reporter.send(error, place);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reporter?.close();
  }
}
