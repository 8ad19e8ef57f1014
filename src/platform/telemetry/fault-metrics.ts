import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { FaultCode } from '../faults/catalogue.js';
import { faultCatalogue } from '../faults/catalogue.js';

/** Faults that count as failed authentication. */
const AUTH_FAILURES: ReadonlySet<FaultCode> = new Set(['UNAUTHENTICATED', 'INVALID_CREDENTIALS', 'ACCOUNT_LOCKED']);

/** Counts the failures that reached clients. Every code starts at 0, so that an alert can see the first increase. */
export class FaultMetrics {
  readonly #faults: Counter;
  readonly #authFailures: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#faults = new Counter({
      name: 'taskmaster_faults_total',
      help: 'Failures that clients were answered, by code.',
      labelNames: ['code'],
      registers,
    });
    this.#authFailures = new Counter({
      name: 'taskmaster_auth_failures_total',
      help: 'Credentials that were missing or wrong, and accounts found locked.',
      labelNames: ['reason'],
      registers,
    });
    for (const code of Object.keys(faultCatalogue)) this.#faults.inc({ code }, 0);
    for (const code of AUTH_FAILURES) this.#authFailures.inc({ reason: code.toLowerCase() }, 0);
  }

  count(code: FaultCode): void {
    this.#faults.inc({ code });
    if (AUTH_FAILURES.has(code)) this.#authFailures.inc({ reason: code.toLowerCase() });
  }
}
