import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { Tx } from '../../platform/database/transaction.js';
import { dropPartitions, extendPartitions } from './audit.queries.js';

/** Months for which partitions exist in advance. Inserts survive a failing job for this long. */
const MONTHS_AHEAD = 3;

/** The monthly partitions of the audit trail. */
@Injectable()
export class AuditPartitions {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Creates future partitions and drops those past their retention. */
  async keep(tx: Tx): Promise<void> {
    await tx.run(extendPartitions(MONTHS_AHEAD));
    await tx.run(dropPartitions(this.config.retention.auditDays));
  }
}
