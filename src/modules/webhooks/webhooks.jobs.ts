import { Injectable } from '@nestjs/common';
import { JobWorker } from '../../platform/jobs/job-worker.js';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { WebhookDispatcher } from './webhook-dispatcher.service.js';
import { WebhookSending } from './webhook-sending.service.js';
import { WebhookUpkeep } from './webhook-upkeep.service.js';
import { DELIVERY_JOB } from './webhook.rules.js';

const SWEEP_MS = 5_000;
const HOUR_MS = 3_600_000;

/** The delivery jobs, and the periodic jobs that recover lost work. */
@Injectable()
export class WebhookJobs {
  constructor(
    worker: JobWorker,
    periodic: PeriodicJobs,
    dispatcher: WebhookDispatcher,
    sending: WebhookSending,
    upkeep: WebhookUpkeep,
  ) {
    worker.define(DELIVERY_JOB, (payload) => sending.deliver((payload as { deliveryId: string }).deliveryId));
    periodic.add({
      name: 'dispatch-webhooks',
      everyMs: SWEEP_MS,
      run: async (tx) => {
        if (await dispatcher.dispatch(tx)) dispatcher.wake();
      },
    });
    periodic.add({ name: 'webhook-retention', everyMs: HOUR_MS, run: (tx) => upkeep.prune(tx) });
  }
}
