import type { EventSource } from '../../platform/events/event-source.js';
import { changed, deleted, either, inserted, updated } from '../../platform/events/event-source.js';
import { Project } from './project.dto.js';

const marked = changed('deleted_at');

export const projectEvents: readonly EventSource[] = [
  {
    name: 'project',
    tables: ['projects'],
    subject: "'projects/' || p_record",
    needs: 'tasks:read',
    payload: { name: 'project', shape: Project },
    events: [
      { type: 'project.created', description: 'A project was created.', when: inserted },
      {
        type: 'project.updated',
        description: 'A project was changed.',
        when: `${updated} and not 'deleted_at' = any(p_changed)`,
      },
      {
        type: 'project.restored',
        description: 'A deleted project was restored.',
        when: `${marked} and p_new -> 'deleted_at' = 'null'`,
      },
      {
        type: 'project.deleted',
        description: 'A project was deleted.',
        when: either(deleted, `${marked} and p_new -> 'deleted_at' <> 'null'`),
      },
    ],
  },
];
