import { Module } from '@nestjs/common';
import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookDispatcher } from './webhook-dispatcher.service.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookSending } from './webhook-sending.service.js';
import { WebhookUpkeep } from './webhook-upkeep.service.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhookJobs } from './webhooks.jobs.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  controllers: [WebhooksController, WebhookDeliveriesController],
  providers: [
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
