import { valuesOf } from '../../platform/schema/values.js';

/** Why a webhook is disabled. */
export const DISABLED_REASONS = valuesOf({
  user: 'By hand.',
  failing: 'No delivery has succeeded for days.',
  gone: 'The receiver answered 410.',
  owner: 'Its owner is disabled or not in the team any more.',
  secret: 'Its secret cannot be read: rotate it.',
});
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** How far a delivery is. */
export const DELIVERY_STATUSES = valuesOf({
  pending: 'Waits for its first or next attempt.',
  delivered: 'The receiver answered 2xx.',
  dead: 'Given up: it waits for a replay.',
});

/** Which events a replay sends again. */
export const REPLAYED = valuesOf({
  missing: 'Events that have no delivery.',
  dead: 'Deliveries that were given up.',
  all: 'Every event, whether or not it was delivered.',
});
