import type { EventSource } from '../../platform/events/event-source.js';
import { changed, changedBeyond, inserted, itsActor } from '../../platform/events/event-source.js';
import { Invite } from './invite.dto.js';

export const inviteEvents: readonly EventSource[] = [
  {
    name: 'invite',
    tables: ['invites'],
    subject: "'invites/' || p_record",
    needs: 'tasks:read',
    payload: {
      name: 'invite',
      shape: Invite,
      // It depends on the clock.
      without: ['status'],
      alsoChanges: { accepted_by: 'acceptedBy', user_role_id: 'userRoleId' },
    },
    events: [
      { type: 'invite.created', description: 'Somebody was invited.', when: inserted, names: { invitedBy: itsActor } },
      { type: 'invite.accepted', description: 'An invitation was accepted.', when: changed('accepted_at') },
      { type: 'invite.revoked', description: 'An invitation was revoked.', when: changed('revoked_at') },
      {
        type: 'invite.updated',
        description: 'An invitation was sent again.',
        when: changedBeyond('accepted_at', 'accepted_by', 'revoked_at'),
      },
    ],
  },
];
