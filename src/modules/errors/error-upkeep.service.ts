import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { Tx } from '../../platform/database/transaction.js';
import { expireIgnores, pruneErrors } from './error-status.queries.js';

/** Occurrences that one transaction removes at most, so that it holds no locks for long. */
const BATCH = 10_000;

/** What time does to errors. */
@Injectable()
export class ErrorUpkeep {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Ends ignoring where its time is over. */
  async endIgnores(tx: Tx): Promise<void> {
    await tx.run(expireIgnores());
  }

  /** Removes occurrences past their time, and with them what says whom and where an error met. */
  async prune(tx: Tx): Promise<void> {
    const { resolvedDays, unresolvedDays } = this.config.errors;
    await tx.run(pruneErrors(resolvedDays, unresolvedDays, BATCH));
  }
}
