import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { Tx } from '../../platform/database/transaction.js';
import { dropPartitions, extendPartitions } from './audit.queries.js';

/** Partitions that exist before their month begins: upkeep may fail for as long before a row finds none. */
const MONTHS_AHEAD = 3;

/** The partitions of the trail. */
@Injectable()
export class AuditPartitions {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Makes those ahead and drops those that nobody has to keep. */
  async keep(tx: Tx): Promise<void> {
    await tx.run(extendPartitions(MONTHS_AHEAD));
    await tx.run(dropPartitions(this.config.retention.auditDays));
  }
}
