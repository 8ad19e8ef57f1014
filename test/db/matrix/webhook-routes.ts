import type { Route, Target } from './route.js';

const managing = 'developer api_client';
const webhook = (t: Target): string => `/webhooks/${t.webhook}`;
const delivery = (t: Target): string => `${webhook(t)}/deliveries/${t.delivery}`;

/** Only managers of a team see its webhooks; a key with only task scopes does not, even an admin's. */
const read: Route['expect'] = {
  '200 404 404 404': `viewer narrowed ${managing}`,
  '200 200 200 404': 'admin',
  '404 404 404 404': 'narrowed_admin',
};
const write = (status: number): Route['expect'] => ({
  [`${status} 404 404 404`]: managing,
  [`${status} ${status} ${status} 404`]: 'admin',
});

export const webhookRoutes: Readonly<Record<string, Route>> = {
  'GET /webhooks': {
    path: () => '/webhooks?limit=100',
    expect: { '200 200 200 200': `viewer narrowed ${managing} admin narrowed_admin` },
  },
  'POST /webhooks': {
    path: () => '/webhooks',
    body: (t) => ({ url: 'https://example.com/hook', teamId: t.team }),
    expect: { '201 403 404 404': managing, '201 201 201 404': 'admin' },
  },
  'GET /webhooks/{id}': { path: webhook, expect: read },
  'PATCH /webhooks/{id}': { path: webhook, body: () => ({ description: 'changed' }), expect: write(200) },
  'DELETE /webhooks/{id}': { path: webhook, expect: write(204) },
  'POST /webhooks/{id}/rotate': { path: (t) => `${webhook(t)}/rotate`, body: () => ({}), expect: write(200) },
  'POST /webhooks/{id}/test': { path: (t) => `${webhook(t)}/test`, expect: write(202) },
  'POST /webhooks/{id}/replay': {
    path: (t) => `${webhook(t)}/replay`,
    body: () => ({ sinceTime: '2999-01-01T00:00:00Z' }),
    expect: write(202),
  },
  'GET /webhooks/{id}/deliveries': { path: (t) => `${webhook(t)}/deliveries`, expect: read },
  'GET /webhooks/{id}/deliveries/{deliveryId}': { path: delivery, expect: read },
  'POST /webhooks/{id}/deliveries/{deliveryId}/replay': { path: (t) => `${delivery(t)}/replay`, expect: write(202) },
};
