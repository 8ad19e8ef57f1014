import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ErrorRow, Recorded } from './error.queries.js';
import { getError, recordErrors } from './error.queries.js';
import type { SentOccurrence } from './error.rules.js';

/** What became of a report, and the error where the reporter may read it. */
export interface Taken {
  readonly recorded: Recorded;
  readonly row: ErrorRow | undefined;
}

interface Waiting {
  readonly occurrence: SentOccurrence;
  readonly resolve: (taken: Taken) => void;
  readonly reject: (error: unknown) => void;
}

/** Reports that one transaction counts at most; the others wait for the next. */
const TOGETHER_MAX = 250;
const WAITING_MAX = 5_000;

const SAME = [
  ...['team_id', 'project_key', 'task_id', 'validation_result_id', 'workflow_state_id', 'environment', 'fingerprint'],
] as const;

/** Reports with one key are the same error, reported with the same rights. */
function keyOf({ userId, credentialId, scopes }: Session, occurrence: SentOccurrence): string {
  return JSON.stringify([userId, credentialId, scopes, ...SAME.map((name) => occurrence[name] ?? null)]);
}

/**
 * A failing service reports one error thousands of times in a second, and each report would take the same row lock and a
 * connection of its own: 1,000 at once took 5 s and the pool refused a third of them. So while one report of an error is
 * on its way, those that arrive for the same error from the same credential wait and are counted together by the next
 * transaction; each still gets its own answer. The first report is always alone, so what it changes carries its own
 * request in the audit trail.
 */
@Injectable()
export class ErrorIntake {
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(private readonly database: Database) {}

  async take(session: Session, occurrence: SentOccurrence): Promise<Taken> {
    // What is rehearsed or must happen once has a transaction of its own.
    if (session.dryRun || session.idempotency) return this.#one(session, occurrence);
    const key = keyOf(session, occurrence);
    const waiting = this.#waiting.get(key);
    if (waiting) return this.#join(waiting, occurrence);
    this.#waiting.set(key, []);
    try {
      return await this.#one(session, occurrence);
    } finally {
      void this.#drain(key, session);
    }
  }

  #join(waiting: Waiting[], occurrence: SentOccurrence): Promise<Taken> {
    if (waiting.length >= WAITING_MAX) {
      throw new Fault('POOL_EXHAUSTED', 'This error is reported faster than it can be counted.', {
        headers: { 'Retry-After': '1' },
      });
    }
    return new Promise((resolve, reject) => waiting.push({ occurrence, resolve, reject }));
  }

  async #drain(key: string, { signal: _signal, ...session }: Session): Promise<void> {
    for (;;) {
      const group = this.#waiting.get(key)?.splice(0, TOGETHER_MAX) ?? [];
      if (group.length === 0) break;
      try {
        // Without the signal: one client that goes away must not take the reports of the others with it.
        const taken = await this.#run(
          session,
          group.map(({ occurrence }, item) => ({ ...occurrence, item })),
        );
        group.forEach(({ resolve, reject }, item) => {
          const own = taken.get(item);
          if (own) resolve(own);
          else reject(new Fault('INTERNAL'));
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#waiting.delete(key);
  }

  async #one(session: Session, occurrence: SentOccurrence): Promise<Taken> {
    const taken = (await this.#run(session, [occurrence])).get(0);
    if (!taken) throw new Fault('INTERNAL');
    return taken;
  }

  async #run(session: Session, occurrences: readonly SentOccurrence[]): Promise<Map<number, Taken>> {
    // A plain list: what a write answers is kept as JSON for a repeated request.
    const taken = await this.database.write(session, async (tx) => {
      const recorded = await tx.run(recordErrors(occurrences));
      const [first] = recorded;
      const [row] = first && first.problem === null ? await tx.run(getError(first.id)) : [];
      return recorded.map((one) => ({ recorded: one, row }));
    });
    return new Map(taken.map((one) => [one.recorded.item, one]));
  }
}
