import { Injectable } from '@nestjs/common';
import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import type { FilterRequest } from '../../platform/schema/list-request.js';
import { bodyFilters } from '../../platform/schema/filter-body.js';
import { validated } from '../../platform/schema/validate.js';
import { ClaimRequest, Heartbeat, LEASE_SECONDS_DEFAULT, Release } from './task-lease.dto.js';
import type { ClaimedTask } from './task-lease.queries.js';
import { claimedTask, claimTask, extendLease, releaseLease, returnExpired } from './task-lease.queries.js';
import type { WorkPlace } from './task-places.queries.js';
import { TaskPlaces } from './task-places.service.js';
import { claimFilters } from './task-filters.dto.js';
import type { TaskRow } from './task.queries.js';
import { getTask } from './task.queries.js';

const NO_TASK = 'There is no such task.';

/** Assigns each task to at most one agent, for as long as that agent sends heartbeats. */
@Injectable()
export class TaskClaims {
  constructor(
    private readonly database: Database,
    private readonly places: TaskPlaces,
  ) {}

  /**
   * Claims the best ready task for the caller; null if no task is ready.
   * @throws Fault FORBIDDEN (without tasks:read), VALIDATION_FAILED, NOT_FOUND (the team, project or list), AMBIGUOUS_PROJECT
   */
  async claim(session: Session, body: unknown): Promise<ClaimedTask | null> {
    // Row-level security hides every task from such a session, and "nothing is ready" would not be true.
    if (!allows(session.permissions, 'tasks:read')) throw new Fault('FORBIDDEN', 'A claim also needs tasks:read.');
    const { place, filter, seconds } = claimOf(body);
    const [claimed] = await this.database.command(session, claimTask(place, filter, seconds));
    if (claimed) return claimed;
    await this.places.requireWorkPlace(session, place, (one) => this.database.query(session, one));
    return null;
  }

  /** Extends a lease and returns it as JSON. @throws Fault VALIDATION_FAILED, NOT_FOUND, LEASE_LOST */
  async heartbeat(session: Session, id: string, body: unknown): Promise<string> {
    const { fence, leaseSeconds = null } = validated(Heartbeat, body);
    const [row] = await this.database.write(session, async (tx) => {
      const [task] = await tx.run(extendLease(id, fence, leaseSeconds));
      return task?.there ? tx.run(claimedTask(id)) : [];
    });
    if (!row) throw new Fault('NOT_FOUND', NO_TASK);
    return row.lease;
  }

  /** Ends a lease early. @throws Fault VALIDATION_FAILED, NOT_FOUND, LEASE_LOST */
  async release(session: Session, id: string, body: unknown): Promise<TaskRow> {
    const { fence } = validated(Release, body);
    const [row] = await this.database.write(session, async (tx) => {
      const [task] = await tx.run(releaseLease(id, fence));
      return task?.there ? tx.run(getTask({ id })) : [];
    });
    if (!row) throw new Fault('NOT_FOUND', NO_TASK);
    return row;
  }

  /** Maintenance: sets tasks with an expired lease back to pending. */
  async returnExpired(tx: Tx): Promise<void> {
    await tx.run(returnExpired);
  }
}

interface ClaimTerms {
  readonly place: WorkPlace;
  readonly filter: FilterRequest;
  readonly seconds: number;
}

/** @throws Fault VALIDATION_FAILED that names every problem */
function claimOf(body: unknown): ClaimTerms {
  const request = validated(ClaimRequest, body);
  const { teamId, projectKey, list, leaseSeconds } = request;
  return {
    place: { teamId: teamId ?? null, projectKey: projectKey ?? null, list: list ?? null },
    filter: bodyFilters(claimFilters, request),
    seconds: leaseSeconds ?? LEASE_SECONDS_DEFAULT,
  };
}
