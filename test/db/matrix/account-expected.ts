import type { Expectation } from './notation.js';
import { ownerAlone } from './notation.js';

/** What the functions for accounts keep. */
export const accountExpected: Readonly<Record<string, Expectation>> = {
  // Known to the functions of logins alone.
  'public.second_factors': { ...ownerAlone, truncate: { unsupported: 'owner' } },
  'public.recovery_codes': { ...ownerAlone, truncate: { unsupported: 'owner' } },
  // Written only by the functions for accounts; upkeep deletes what has expired.
  'public.mail_tokens': {
    ...ownerAlone,
    select: {
      'done: own, mate, foreign; unseen: absent': 'background backup',
      'unseen: every row': 'idle_background owner',
    },
    delete: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    truncate: { unsupported: 'owner' },
  },
};
