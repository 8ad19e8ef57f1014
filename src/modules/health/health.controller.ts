import { Controller, Get, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/auth/permission.js';
import { Answer } from '../../platform/http/answer.js';
import { noParameters } from '../../platform/http/request-parameters.js';
import { Describe } from '../../platform/http/describe.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import type { ApiRequest } from '../../platform/http/request.js';
import type { Plain } from './health.dto.js';
import { Health, Liveness, Readiness } from './health.dto.js';
import { HealthService } from './health.service.js';

@ApiTags('service')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @HttpOnly('probe')
  @Public({ isProbe: true })
  @Describe({ summary: 'Status, version and uptime', open: true, returns: Health })
  basic(@Req() request: ApiRequest): Answer {
    noParameters(request);
    return Answer.of(this.health.basic(), { message: 'Health retrieved' });
  }

  @Get('live')
  @HttpOnly('probe')
  @Public({ isProbe: true })
  @Describe({
    summary: 'Whether the process answers',
    description: 'Asks nothing else, so that a database that is away does not restart the service.',
    open: true,
    returns: Liveness,
  })
  live(@Req() request: ApiRequest): Answer {
    noParameters(request);
    return Answer.of({ status: 'ok' } satisfies Plain<Liveness>, { message: 'The process answers' });
  }

  @Get('ready')
  @HttpOnly('probe')
  @Public({ isProbe: true })
  @Describe({
    summary: 'Whether this instance should be sent requests',
    description:
      '503 while the database does not answer or has no space left, its schema is too old, or the instance is shutting down.',
    open: true,
    returns: Readiness,
  })
  async ready(@Req() request: ApiRequest): Promise<Answer> {
    noParameters(request);
    await this.health.ready();
    return Answer.of({ status: 'ready' } satisfies Plain<Readiness>, { message: 'Ready for requests' });
  }
}
