import type { EventSource } from '../../platform/events/event-source.js';
import { changed, deleted, inserted, updated } from '../../platform/events/event-source.js';
import { Webhook } from './webhook.dto.js';

const switched = changed('is_enabled');

export const webhookEvents: readonly EventSource[] = [
  {
    name: 'webhook',
    tables: ['webhooks'],
    subject: "'webhooks/' || p_record",
    needs: 'tasks:read',
    payload: {
      name: 'webhook',
      shape: Webhook,
      // The event reports that a webhook exists or was disabled, but never its URL.
      without: ['ownerId', 'url', 'description', 'failureCount', 'failingSince', 'lastDeliveredAt'],
      unchanged: ['disabled_at'],
    },
    events: [
      { type: 'webhook.created', description: 'A webhook was created.', when: inserted },
      {
        type: 'webhook.updated',
        description: 'A webhook was changed.',
        when: `${updated} and not 'is_enabled' = any(p_changed)`,
      },
      {
        type: 'webhook.enabled',
        description: 'A webhook was enabled.',
        when: `${switched} and p_new -> 'is_enabled' = 'true'`,
      },
      {
        type: 'webhook.disabled',
        description: 'A webhook was disabled, by hand or because its receiver failed.',
        when: `${switched} and p_new -> 'is_enabled' <> 'true'`,
      },
      { type: 'webhook.deleted', description: 'A webhook was deleted.', when: deleted },
    ],
  },
];
