import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { rowAnswer } from '../../platform/http/rows.js';
import { TaskClaims } from './task-claims.service.js';
import { Claim, ClaimRequest, Heartbeat, HeartbeatAnswer, Release } from './task-lease.dto.js';
import { Task } from './task.dto.js';

@ApiTags('tasks')
@Controller('tasks')
export class TaskClaimsController {
  constructor(private readonly claims: TaskClaims) {}

  @Post('claim')
  @HttpCode(200)
  @Needs('tasks:write')
  @ApiBody({ type: ClaimRequest, required: false })
  @Describe({
    summary: 'Claim the best ready task',
    description:
      'Exactly one caller gets a task. It is in progress until it is completed, released or its lease expires, and assigned to the caller when it was nobody’s. Writes that name the fence (`Lease-Fence`, or `fence` in the body) are accepted only while the lease is live. The order is that of `GET /tasks/next`.',
    returns: Claim,
    orNothing: 'Nothing is ready.',
    write: 'create',
    versioned: false,
  })
  async claim(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer | undefined> {
    onlyParameters(request);
    const claimed = await this.claims.claim(session, body);
    if (claimed) return new Answer(`{"task":${claimed.task},"lease":${claimed.lease}}`);
    reply.code(204);
    return undefined;
  }

  @Post(':id/heartbeat')
  @HttpCode(200)
  @Needs('tasks:write')
  @ApiBody({ type: Heartbeat })
  @Describe({
    summary: 'Keep the lease of a claimed task alive',
    returns: HeartbeatAnswer,
    write: 'create',
    versioned: false,
    faults: ['NOT_FOUND', 'LEASE_LOST'],
  })
  async heartbeat(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return new Answer(`{"lease":${await this.claims.heartbeat(session, uuidParameter('id', id), body)}}`);
  }

  @Post(':id/release')
  @HttpCode(200)
  @Needs('tasks:write')
  @ApiBody({ type: Release })
  @Describe({
    summary: 'Give a claimed task back: it is pending again',
    returns: Task,
    write: 'create',
    faults: ['NOT_FOUND', 'LEASE_LOST'],
  })
  async release(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.claims.release(session, uuidParameter('id', id), body));
  }
}
