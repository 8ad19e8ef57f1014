import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { filterInput } from '../../platform/schema/filter-body.js';
import { claimFilters } from './task-filters.dto.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN, Task } from './task.dto.js';

export const LEASE_SECONDS_DEFAULT = 300;
const LEASE_SECONDS = { min: 1, max: 86_400 };
export const FENCE = { min: 1, max: Number.MAX_SAFE_INTEGER };

@Described('The exclusive right to work on a task until the lease expires.')
export class Lease {
  @Uuid({ description: 'Task that is claimed.' })
  taskId: string;

  @Integer({
    description:
      'Number of the claim, higher with every claim of the task. A write that names an older one is refused.',
    ...FENCE,
  })
  fence: number;

  @Uuid({ description: 'Who holds it.', nullable: true })
  holderId: string | null;

  @Integer({ description: 'How long it lasts from a heartbeat on, in seconds.', ...LEASE_SECONDS })
  leaseSeconds: number;

  @Timestamp({ description: 'When the task was claimed.' })
  claimedAt: string;

  @Timestamp({ description: 'The last heartbeat.' })
  heartbeatAt: string;

  @Timestamp({ description: 'When it ends without another heartbeat; from then on anybody may claim the task.' })
  expiresAt: string;
}

@Described('The place, filter and duration of a claim.')
export class ClaimRequest extends filterInput(claimFilters) {
  @Text({ description: 'Only of this project, by its key.', max: 64, pattern: PROJECT_KEY_PATTERN, optional: true })
  projectKey?: string;

  @Text({ description: 'Only of this list.', max: 100, pattern: LIST_PATTERN, optional: true })
  list?: string;

  @Uuid({
    description:
      'Only of this team. Without team and project: of the project that the credential is bound to, else of your default team.',
    optional: true,
  })
  teamId?: string;

  @Integer({
    description: 'How long the lease lasts without a heartbeat, in seconds.',
    ...LEASE_SECONDS,
    default: LEASE_SECONDS_DEFAULT,
    optional: true,
  })
  leaseSeconds?: number;
}

@Described('A claimed task with its lease.')
export class Claim {
  @Property({ description: 'The task, in progress.', type: () => Task })
  task: Task;

  @Property({ description: 'The right to work on it.', type: () => Lease })
  lease: Lease;
}

@Described('A request to extend a lease.')
export class Heartbeat {
  @Integer({ description: 'The fence of the lease.', ...FENCE })
  fence: number;

  @Integer({
    description: 'How long the lease lasts from now on, in seconds; as before when left out.',
    ...LEASE_SECONDS,
    optional: true,
  })
  leaseSeconds?: number;
}

@Described('The extended lease.')
export class HeartbeatAnswer {
  @Property({ description: 'The lease with its new end.', type: () => Lease })
  lease: Lease;
}

@Described('A request to end a lease before it expires.')
export class Release {
  @Integer({ description: 'The fence of the lease.', ...FENCE })
  fence: number;
}

@Described('Optional input of the completion of a task.')
export class Completion {
  @Integer({ description: 'The fence of the lease that this is done under.', ...FENCE, optional: true })
  fence?: number;
}
