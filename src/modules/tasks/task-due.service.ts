import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { Tx } from '../../platform/database/transaction.js';
import { noticeDueTasks } from './task-due.queries.js';

/** Publishes the event task.due_soon, once for each due date. */
@Injectable()
export class TaskDue {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async notice(tx: Tx): Promise<void> {
    await tx.run(noticeDueTasks(this.config.tasks.dueSoonHours));
  }
}
