import type { PoolName } from '../../platform/database/pool-plan.js';
import { valuesOf } from '../../platform/schema/values.js';

/** The public state of the service. */
export const OVERALL = valuesOf({
  ok: 'Everything answers.',
  degraded: 'A pool or a broker had no answer when it was last asked.',
  draining: 'The instance is shutting down.',
});

/** What each pool of database connections is for. */
export const POOLS = valuesOf({
  read: 'Reads.',
  write: 'Writes of one or several statements.',
  imports: 'Imports, which may take seconds.',
  analytics: 'Reports and figures.',
  background: 'Work without a user, such as publishing events.',
} satisfies Record<PoolName, string>);

/** What may carry events beside PostgreSQL. */
export const BROKERS = valuesOf({
  redis: 'Carries events between instances, and the shares of rate limits.',
  kafka: 'Gets a copy of every event.',
});
