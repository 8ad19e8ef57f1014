import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ErrorRow, Recorded } from './error.queries.js';
import { getError, projectChoices, recordErrors } from './error.queries.js';
import type { SentOccurrence } from './error.rules.js';

/** The outcome of a report, with the error if the reporter may read it. */
export interface IntakeResult {
  readonly recorded: Recorded;
  readonly row: ErrorRow | undefined;
}

interface Waiting {
  readonly occurrence: SentOccurrence;
  readonly resolve: (taken: IntakeResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Maximum number of reports that one transaction counts; the others wait for the next. */
const BATCH_MAX = 250;
const WAITING_MAX = 5_000;

const SAME = [
  ...['team_id', 'project_key', 'task_id', 'validation_result_id', 'workflow_state_id', 'environment', 'fingerprint'],
] as const;

/** Reports with the same key concern the same error and have the same rights. */
function keyOf({ userId, credentialId, scopes }: Session, occurrence: SentOccurrence): string {
  return JSON.stringify([userId, credentialId, scopes, ...SAME.map((name) => occurrence[name] ?? null)]);
}

/** Counts occurrences. Those whose project is ambiguous come with the projects to choose from. */
export async function recordWithin(tx: Tx, occurrences: readonly SentOccurrence[]): Promise<Recorded[]> {
  const recorded = await tx.run(recordErrors(occurrences));
  const keys = new Map(occurrences.map(({ item, project_key }) => [item, String(project_key)]));
  const ambiguous = recorded.filter(({ problem }) => problem === 'ambiguous_project');
  if (ambiguous.length === 0) return recorded;
  const named = new Set(ambiguous.map(({ item }) => keys.get(item) ?? ''));
  const found = await tx.run(projectChoices([...named]));
  return recorded.map((one) =>
    ambiguous.includes(one)
      ? { ...one, choices: found.filter(({ projectKey }) => projectKey === keys.get(one.item)) }
      : one,
  );
}

/**
 * Combines concurrent reports of the same error. A failing service can report one error thousands of times per second,
 * and each report would take the same row lock and its own connection: 1,000 at once took 5 s, and the pool refused a
 * third of them. While one report is being recorded, later ones for the same error from the same credential wait, and
 * the next transaction counts them together. Each still gets its own answer. The first report is always alone, so its
 * changes carry its own request in the audit trail.
 */
@Injectable()
export class ErrorIntake {
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(private readonly database: Database) {}

  async take(session: Session, occurrence: SentOccurrence): Promise<IntakeResult> {
    // Dry runs and idempotent requests need their own transaction.
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

  #join(waiting: Waiting[], occurrence: SentOccurrence): Promise<IntakeResult> {
    if (waiting.length >= WAITING_MAX) {
      throw new Fault('POOL_EXHAUSTED', 'This error is reported faster than it can be counted.', {
        headers: { 'Retry-After': '1' },
      });
    }
    return new Promise((resolve, reject) => waiting.push({ occurrence, resolve, reject }));
  }

  async #drain(key: string, { signal: _signal, ...session }: Session): Promise<void> {
    for (;;) {
      const group = this.#waiting.get(key)?.splice(0, BATCH_MAX) ?? [];
      if (group.length === 0) break;
      try {
        // No abort signal: a client that disconnects must not abort the reports of others.
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

  async #one(session: Session, occurrence: SentOccurrence): Promise<IntakeResult> {
    const taken = (await this.#run(session, [occurrence])).get(0);
    if (!taken) throw new Fault('INTERNAL');
    return taken;
  }

  async #run(session: Session, occurrences: readonly SentOccurrence[]): Promise<Map<number, IntakeResult>> {
    // A plain array, because the result of a write is stored as JSON for idempotent retries.
    const taken = await this.database.write(session, async (tx) => {
      const recorded = await recordWithin(tx, occurrences);
      const [first] = recorded;
      const [row] = first && first.problem === null ? await tx.run(getError(first.id)) : [];
      return recorded.map((one) => ({ recorded: one, row }));
    });
    return new Map(taken.map((one) => [one.recorded.item, one]));
  }
}
