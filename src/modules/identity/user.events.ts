import type { EventSource } from '../../platform/events/event-source.js';
import { deleted, inserted, itsId, updated } from '../../platform/events/event-source.js';
import { User } from './user.dto.js';

export const userEvents: readonly EventSource[] = [
  {
    name: 'user',
    tables: ['users'],
    subject: "'users/' || p_record",
    needs: 'tasks:read',
    payload: { name: 'user', shape: User, without: ['role'], alsoChanges: { role_id: 'roleId' } },
    events: [
      // Users who sign up have no session yet; administrators who create users have one.
      {
        type: 'user.signup',
        description: 'Somebody signed up.',
        when: `${inserted} and p_actor is null`,
        names: { userId: itsId },
      },
      {
        type: 'user.created',
        description: 'An administrator created a user, or a person a service account.',
        when: `${inserted} and p_actor is not null`,
      },
      { type: 'user.updated', description: 'A user was changed.', when: updated },
      { type: 'user.deleted', description: 'A user was deleted.', when: deleted },
    ],
  },
];
