import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion, staleVersion } from '../../platform/http/conditional.js';
import { validated } from '../../platform/schema/validate.js';
import type { ErrorRow } from './error.queries.js';
import { getError } from './error.queries.js';
import { ErrorMerge } from './error-status.dto.js';
import type { ErrorState } from './error-status.queries.js';
import { changeError, mergeErrors, stateOf } from './error-status.queries.js';
import type { ErrorChange } from './error-status.rules.js';
import { ignoreChange, mergeFault, patchChange, reopenChange, resolveChange } from './error-status.rules.js';

const NO_ERROR = 'There is no such error.';

/** The use cases of an error's status and assignment. */
@Injectable()
export class ErrorStatusService {
  constructor(private readonly database: Database) {}

  /** A JSON merge patch. @throws Fault VALIDATION_FAILED, NOT_FOUND, VERSION_MISMATCH, CONFLICT, RULE_VIOLATED */
  patch(session: Session, id: string, version: number | null, body: unknown): Promise<ErrorRow> {
    return this.change(session, id, version, patchChange(body));
  }

  /** @throws Fault as `patch`; RULE_VIOLATED if no release of the error is known, so that there is no next one */
  resolve(session: Session, id: string, version: number | null, body: unknown): Promise<ErrorRow> {
    return this.change(session, id, version, resolveChange(body));
  }

  reopen(session: Session, id: string, version: number | null, body: unknown): Promise<ErrorRow> {
    return this.change(session, id, version, reopenChange(body));
  }

  ignore(session: Session, id: string, version: number | null, body: unknown): Promise<ErrorRow> {
    return this.change(session, id, version, ignoreChange(body));
  }

  /**
   * Moves occurrences, counts and users to another error, which also receives later occurrences. Returns that error.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, VERSION_MISMATCH, CONFLICT (merged already), RULE_VIOLATED (the other
   * one)
   */
  merge(session: Session, id: string, version: number | null, body: unknown): Promise<ErrorRow> {
    const { into } = validated(ErrorMerge, body);
    return this.database.write(session, async (tx) => {
      const [merged] = await tx.run(mergeErrors(id, into, version));
      if (!merged) throw new Fault('INTERNAL');
      if (merged.outcome === 'stale') throw staleVersion('error', (await state(tx, id)).version);
      if (merged.outcome !== 'done') throw mergeFault(merged.outcome);
      return read(tx, into);
    });
  }

  private change(session: Session, id: string, version: number | null, change: ErrorChange): Promise<ErrorRow> {
    return this.database.write(session, async (tx) => {
      const before = await state(tx, id);
      requireVersion('error', before.version, version);
      if (before.mergedInto !== null) {
        throw new Fault('CONFLICT', `The error is merged into ${before.mergedInto}: change that one.`);
      }
      if (change.inNextRelease && before.serviceVersion === null) {
        throw new Fault('RULE_VIOLATED', 'No release of this error is known, so there is no next one.');
      }
      if (Object.keys(change).length > 0) {
        const [written] = await tx.run(changeError(id, version, change));
        if (!written) throw explainRefusedWrite('error', (await state(tx, id)).version, version);
      }
      return read(tx, id);
    });
  }
}

async function state(tx: Tx, id: string): Promise<ErrorState> {
  const [found] = await tx.run(stateOf(id));
  if (!found) throw new Fault('NOT_FOUND', NO_ERROR);
  return found;
}

async function read(tx: Tx, id: string): Promise<ErrorRow> {
  const [row] = await tx.run(getError(id));
  if (!row) throw new Fault('NOT_FOUND', NO_ERROR);
  return row;
}
