import type { EventSource } from '../../platform/events/event-source.js';
import { lifecycle } from '../../platform/events/event-source.js';
import { Team, TeamMember } from './team.dto.js';

export const teamEvents: readonly EventSource[] = [
  {
    name: 'team',
    tables: ['teams'],
    subject: "'teams/' || p_record",
    needs: 'tasks:read',
    payload: { name: 'team', shape: Team },
    events: lifecycle('team', 'A team'),
  },
  {
    name: 'team_member',
    tables: ['team_members'],
    subject: "'teams/' || p_team || '/members/' || (p_row ->> 'user_id')",
    needs: 'tasks:read',
    payload: { name: 'team_member', shape: TeamMember, without: ['username', 'name', 'email'] },
    events: lifecycle('team_member', 'A membership'),
  },
];
