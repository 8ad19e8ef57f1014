import { Controller, Get, Req } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Document } from '../../platform/http/answer.js';
import { noParameters } from '../../platform/http/request-parameters.js';
import { Describe } from '../../platform/http/describe.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { HealthService, SYSTEM_READ } from './health.service.js';

/** Metrics on the public port, for authorized callers. Prometheus itself scrapes METRICS_PORT. */
@ApiTags('service')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly health: HealthService,
    private readonly metrics: Metrics,
  ) {}

  @Get()
  @HttpOnly('probe')
  @Needs(SYSTEM_READ)
  @ApiResponse({
    status: 200,
    description: 'The text format of Prometheus.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @Describe({
    summary: 'Metrics for Prometheus',
    description: `Needs the permission ${SYSTEM_READ}, which admins have. METRICS_PORT serves the same without a credential.`,
    // Without PROMETHEUS_ENABLED the route does not exist.
    faults: ['NOT_FOUND'],
  })
  async read(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Document> {
    noParameters(request);
    await this.health.admit(session);
    return new Document(await this.metrics.text(), this.metrics.contentType);
  }
}
