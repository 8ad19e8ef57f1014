import { Resolver } from '@nestjs/graphql';
import type { Call } from '../../platform/graphql/call.js';
import { ID_ARGUMENT, Writes, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { TaskClaims } from './task-claims.service.js';
import { Claim, ClaimRequest, Heartbeat, HeartbeatAnswer, Release } from './task-lease.dto.js';
import { Task } from './task.dto.js';

@Resolver()
export class TaskClaimsResolver {
  constructor(private readonly claims: TaskClaims) {}

  @Writes('tasks:write', 'Claims the best ready task for the caller alone; null when nothing is ready.', {
    returns: Claim,
    args: inputOf(ClaimRequest, false),
    kind: 'create',
  })
  async claimTask(call: Call): Promise<Row | null> {
    const claimed = await this.claims.claim(call.session, call.input ?? {});
    if (!claimed) return null;
    const task = JSON.parse(claimed.task) as Row;
    await call.fill(Task, [task], call.selection('task'));
    return { task, lease: JSON.parse(claimed.lease) as Row };
  }

  @Writes('tasks:write', 'Keeps the lease of a claimed task alive.', {
    returns: HeartbeatAnswer,
    args: { ...ID_ARGUMENT, ...inputOf(Heartbeat) },
    kind: 'create',
  })
  async heartbeatTask(call: Call): Promise<Row> {
    return { lease: JSON.parse(await this.claims.heartbeat(call.session, call.id, call.input)) as Row };
  }

  @Writes('tasks:write', 'Gives a claimed task back: it is pending again.', {
    returns: Task,
    args: { ...ID_ARGUMENT, ...inputOf(Release) },
    kind: 'create',
  })
  releaseTask(call: Call): Promise<Row> {
    return call.row(Task, this.claims.release(call.session, call.id, call.input));
  }
}
