import type { EventSource } from '../../platform/events/event-source.js';
import { lifecycle } from '../../platform/events/event-source.js';
import { Tag } from './tag.dto.js';

export const tagEvents: readonly EventSource[] = [
  {
    name: 'tag',
    tables: ['tags'],
    subject: "'tags/' || p_record",
    needs: 'tasks:read',
    payload: { name: 'tag', shape: Tag },
    events: lifecycle('tag', 'A tag'),
  },
];
