import type { Expectation } from './notation.js';
import { ownerAlone } from './notation.js';

export const oauthExpectations: Record<string, Expectation> = {
  // Users agree and revoke for themselves, with all their rights; an administrator revokes for others.
  'public.oauth_grants': {
    ...ownerAlone,
    select: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer narrowed reader api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin narrowed_admin background backup',
      'unseen: every row': 'anonymous bare_admin idle_background owner',
    },
    insert: { 'done: own; denied: mate, foreign, absent': 'viewer developer api_client reporter admin' },
    insertReturning: { 'done: own; denied: mate, foreign, absent': 'viewer developer api_client reporter admin' },
    update: {
      'done: own; unseen: mate, foreign, absent': 'viewer developer api_client reporter',
      'done: own, mate, foreign; unseen: absent': 'admin',
      'unseen: every row': 'anonymous narrowed narrowed_admin bare_admin owner',
    },
    delete: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    updateAll: {
      part: 'viewer developer api_client reporter',
      all: 'admin',
      none: 'anonymous narrowed narrowed_admin bare_admin owner',
    },
    deleteAll: { all: 'background', none: 'idle_background owner' },
    truncate: { unsupported: 'owner' },
    copyTo: {
      part: 'viewer developer narrowed reader api_client reporter',
      all: 'admin narrowed_admin backup',
      none: 'anonymous bare_admin owner',
    },
  },
  // Written only by the functions for OAuth; upkeep deletes what has expired.
  'public.oauth_records': {
    ...ownerAlone,
    select: {
      'done: own, mate, foreign; unseen: absent': 'background backup',
      'unseen: every row': 'idle_background owner',
    },
    delete: { 'done: own, mate, foreign; unseen: absent': 'background', 'unseen: every row': 'idle_background owner' },
    deleteAll: { all: 'background', none: 'idle_background owner' },
  },
};
