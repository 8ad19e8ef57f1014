import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { Tx } from '../../platform/database/transaction.js';
import { expireIgnores, pruneErrors } from './error-status.queries.js';

/** Maximum number of occurrences per transaction, so that it does not hold locks for long. */
const BATCH = 10_000;

/** Periodic maintenance of errors. */
@Injectable()
export class ErrorUpkeep {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Reopens ignored errors whose period has ended. */
  async endIgnores(tx: Tx): Promise<void> {
    await tx.run(expireIgnores());
  }

  /** Deletes expired occurrences, and with them all data about who and what was affected. */
  async prune(tx: Tx): Promise<void> {
    const { resolvedDays, unresolvedDays } = this.config.errors;
    await tx.run(pruneErrors(resolvedDays, unresolvedDays, BATCH));
  }
}
