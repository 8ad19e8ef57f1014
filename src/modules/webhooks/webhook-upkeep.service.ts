import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { Tx } from '../../platform/database/transaction.js';
import { dropDeliveries, dropExpiredSecrets } from './webhook-dispatch.queries.js';

/** Maximum number of deliveries per transaction, so that it does not hold locks for long. */
const BATCH = 10_000;

/** Periodic maintenance of webhooks. */
@Injectable()
export class WebhookUpkeep {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Deletes deliveries past their retention, and secrets past their overlap. */
  async prune(tx: Tx): Promise<void> {
    await tx.run(dropDeliveries(this.config.webhooks.retentionDays, BATCH));
    await tx.run(dropExpiredSecrets());
  }
}
