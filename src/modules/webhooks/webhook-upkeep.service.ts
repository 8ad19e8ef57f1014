import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/transaction.js';
import { dropDeliveries, dropExpiredSecrets } from './webhook-dispatch.queries.js';

/** Deliveries that one transaction removes at most, so that it holds no locks for long. */
const BATCH = 10_000;

/** What time does to webhooks. */
@Injectable()
export class WebhookUpkeep {
  /** Removes deliveries past their time, and secrets whose overlap is over. */
  async prune(tx: Tx, days: number): Promise<void> {
    await tx.run(dropDeliveries(days, BATCH));
    await tx.run(dropExpiredSecrets());
  }
}
