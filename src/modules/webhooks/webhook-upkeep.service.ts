import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { Tx } from '../../platform/database/transaction.js';
import { dropDeliveries, dropExpiredSecrets } from './webhook-dispatch.queries.js';

/** Deliveries that one transaction removes at most, so that it holds no locks for long. */
const BATCH = 10_000;

/** What time does to webhooks. */
@Injectable()
export class WebhookUpkeep {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Removes deliveries past their time, and secrets whose overlap is over. */
  async prune(tx: Tx): Promise<void> {
    await tx.run(dropDeliveries(this.config.webhooks.retentionDays, BATCH));
    await tx.run(dropExpiredSecrets());
  }
}
