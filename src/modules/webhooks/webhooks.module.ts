import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { webhookEvents } from './webhook.events.js';
import { webhookEntities } from './webhook.entity.js';
import { webhookConstraints } from './webhook.constraints.js';
import { WebhookDeliveriesOperations } from './webhook-deliveries.operations.js';
import { WebhooksOperations } from './webhooks.operations.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { WebhookChecks } from './webhook-checks.service.js';
import { WebhookDispatcher } from './webhook-dispatcher.service.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhookSending } from './webhook-sending.service.js';
import { WebhookUpkeep } from './webhook-upkeep.service.js';
import { WebhookJobs } from './webhooks.jobs.js';
import { WebhooksService } from './webhooks.service.js';

@Feature({
  imports: [TasksModule],
  operations: [WebhooksOperations, WebhookDeliveriesOperations],
  providers: [
    WebhooksService,
    WebhookChecks,
    WebhookDeliveriesService,
    WebhookDispatcher,
    WebhookMetrics,
    WebhookSender,
    WebhookSending,
    WebhookUpkeep,
    WebhookJobs,
  ],
  exports: [WebhooksService, WebhookDeliveriesService],
  entities: webhookEntities,
  constraints: webhookConstraints,
  events: webhookEvents,
})
export class WebhooksModule {}
