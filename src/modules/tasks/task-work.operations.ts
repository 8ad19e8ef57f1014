import { ById } from '../../platform/operations/by-id.js';
import type { Call, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import { NextTasksQuery } from './next-tasks.dto.js';
import { NextTasks } from './next-tasks.service.js';
import { TaskClaims } from './task-claims.service.js';
import { Claim, ClaimRequest, Heartbeat, HeartbeatAnswer, Release } from './task-lease.dto.js';
import { Task } from './task.dto.js';

@Operations('tasks')
export class TaskWorkOperations {
  constructor(
    private readonly next: NextTasks,
    private readonly claims: TaskClaims,
  ) {}

  @Operation({
    summary: 'The tasks to do next, best first',
    description:
      'Ready means pending or in progress, no stage, every dependency completed. First subtasks of tasks in progress, then tasks; by priority, fewer dependencies, number. Without `projectKey` and `teamId`, only the project that the credential is bound to is searched, else only your default team.',
    kind: 'read',
    permission: 'tasks:read',
    params: NextTasksQuery,
    returns: [Task],
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
    rest: 'GET /tasks/next',
    graphql: { field: 'nextTasks', arguments: { limit: 'first' } },
    tool: 'next_task',
  })
  async nextTasks({ session, params: { limit, ...scope } }: Call<NextTasksQuery>): Promise<Result> {
    const rows = await this.next.find(session, scope, limit);
    return { data: `[${rows.map(({ data }) => data).join(',')}]` };
  }

  @Operation({
    summary: 'Claim the best ready task',
    description:
      'Exactly one caller gets a task. It is in progress until it is completed, released or its lease expires, and assigned to the caller when it was nobody’s. Writes that name the fence (`Lease-Fence`, or `fence` in the body) are accepted only while the lease is live. Place and order are those of `GET /tasks/next`.',
    kind: 'action',
    permission: 'tasks:write',
    input: ClaimRequest,
    inputIsOptional: true,
    returns: Claim,
    versioned: false,
    orNothing: 'Nothing is ready.',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
    rest: 'POST /tasks/claim',
    graphql: 'claimTask',
    tool: 'claim_task',
  })
  async claimTask({ session, input }: Call): Promise<Result | null> {
    const claimed = await this.claims.claim(session, input);
    return claimed && { data: `{"task":${claimed.task},"lease":${claimed.lease}}` };
  }

  @Operation({
    summary: 'Keep the lease of a claimed task alive',
    message: 'Lease extended',
    kind: 'action',
    permission: 'tasks:write',
    params: ById,
    input: Heartbeat,
    returns: HeartbeatAnswer,
    versioned: false,
    faults: ['NOT_FOUND', 'LEASE_LOST'],
    rest: 'POST /tasks/{id}/heartbeat',
    graphql: 'heartbeatTask',
    tool: 'heartbeat_task',
  })
  async heartbeatTask({ session, params, input }: Call<ById>): Promise<Result> {
    return { data: `{"lease":${await this.claims.heartbeat(session, params.id, input)}}` };
  }

  @Operation({
    summary: 'Give a claimed task back: it is pending again',
    kind: 'action',
    permission: 'tasks:write',
    params: ById,
    input: Release,
    returns: Task,
    faults: ['NOT_FOUND', 'LEASE_LOST'],
    rest: 'POST /tasks/{id}/release',
    graphql: 'releaseTask',
    tool: 'release_task',
  })
  releaseTask({ session, params, input }: Call<ById>): Promise<Result> {
    return this.claims.release(session, params.id, input);
  }
}
