import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { WebhookDeliveriesOperations } from './webhook-deliveries.operations.js';
import { WebhooksOperations } from './webhooks.operations.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookDispatcher } from './webhook-dispatcher.service.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookSending } from './webhook-sending.service.js';
import { WebhookUpkeep } from './webhook-upkeep.service.js';
import { WebhookJobs } from './webhooks.jobs.js';
import { WebhooksService } from './webhooks.service.js';

const operations = [WebhooksOperations, WebhookDeliveriesOperations];

@Module({
  controllers: operations.map(restController),
  providers: [
    ...operations,
    WebhooksService,
    WebhookDeliveriesService,
    WebhookDispatcher,
    WebhookMetrics,
    WebhookSending,
    WebhookUpkeep,
    WebhookJobs,
  ],
  exports: [WebhooksService, WebhookDeliveriesService],
})
export class WebhooksModule {}
