import type { TestUser } from '../../support/app.js';
import { Client } from '../../support/client.js';
import type { Action, ActionName, Door, Outcome } from './door.js';

type Route = (action: Action) => readonly [method: string, path: string];

const queryOf = ({ query, dryRun }: Action): string => {
  const given = Object.entries({ ...query, ...(dryRun ? { dryRun } : {}) });
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
};

const at =
  (method: string, path: (id: string, part: string) => string): Route =>
  (action) => [method, `${path(action.id ?? '', action.part ?? '')}${queryOf(action)}`];

const routes: Readonly<Record<ActionName, Route>> = {
  'task.get': at('GET', (id) => `/tasks/${id}`),
  'task.list': at('GET', () => '/tasks'),
  'task.next': at('GET', () => '/tasks/next'),
  'task.create': at('POST', () => '/tasks'),
  'task.update': at('PATCH', (id) => `/tasks/${id}`),
  'task.replace': at('PUT', (id) => `/tasks/${id}`),
  'task.delete': at('DELETE', (id) => `/tasks/${id}`),
  'task.restore': at('POST', (id) => `/tasks/${id}/restore`),
  'task.complete': at('POST', (id) => `/tasks/${id}/complete`),
  'task.claim': at('POST', () => '/tasks/claim'),
  'task.heartbeat': at('POST', (id) => `/tasks/${id}/heartbeat`),
  'task.release': at('POST', (id) => `/tasks/${id}/release`),
  'task.bulk': at('POST', () => '/tasks/bulk'),
  'task.blockers': at('GET', (id) => `/tasks/${id}/blockers`),
  'task.history': at('GET', (id) => `/tasks/${id}/history`),
  'dependency.add': at('POST', (id) => `/tasks/${id}/dependencies`),
  'dependency.remove': at('DELETE', (id, part) => `/tasks/${id}/dependencies/${part}`),
  'comment.add': at('POST', (id) => `/tasks/${id}/comments`),
  'comment.list': at('GET', (id) => `/tasks/${id}/comments`),
  'comment.update': at('PATCH', (id, part) => `/tasks/${id}/comments/${part}`),
  'context.add': at('POST', (id) => `/tasks/${id}/contexts`),
  'workflowState.add': at('POST', (id) => `/tasks/${id}/workflow-states`),
  'project.get': at('GET', (id) => `/projects/${id}`),
  'project.list': at('GET', () => '/projects'),
  'project.create': at('POST', () => '/projects'),
  'project.update': at('PATCH', (id) => `/projects/${id}`),
  'project.delete': at('DELETE', (id) => `/projects/${id}`),
  'team.get': at('GET', (id) => `/teams/${id}`),
  'team.create': at('POST', () => '/teams'),
  'team.update': at('PATCH', (id) => `/teams/${id}`),
  'team.delete': at('DELETE', (id) => `/teams/${id}`),
  'member.add': at('POST', (id) => `/teams/${id}/members`),
  'member.remove': at('DELETE', (id, part) => `/teams/${id}/members/${part}`),
  'validation.get': at('GET', (id) => `/validations/${id}`),
  'validation.list': at('GET', () => '/validations'),
  'validation.create': at('POST', () => '/validations'),
  'validation.update': at('PATCH', (id) => `/validations/${id}`),
  'validation.retry': at('POST', (id) => `/validations/${id}/retry`),
  'error.get': at('GET', (id) => `/errors/${id}`),
  'error.list': at('GET', () => '/errors'),
  'error.record': at('POST', () => '/errors'),
  'error.resolve': at('POST', (id) => `/errors/${id}/resolve`),
  'error.merge': at('POST', (id) => `/errors/${id}/merge`),
  'analytics.tasks': at('GET', () => '/analytics/tasks'),
  'audit.list': at('GET', () => '/audit'),
  'me.get': at('GET', () => '/auth/me'),
  'user.list': at('GET', () => '/users'),
  'user.create': at('POST', () => '/users'),
  'role.list': at('GET', () => '/roles'),
  'key.create': at('POST', () => '/api-keys'),
  'key.revoke': at('DELETE', (id) => `/api-keys/${id}`),
  'webhook.get': at('GET', (id) => `/webhooks/${id}`),
  'webhook.list': at('GET', () => '/webhooks'),
  'webhook.create': at('POST', () => '/webhooks'),
  'webhook.update': at('PATCH', (id) => `/webhooks/${id}`),
  'webhook.delete': at('DELETE', (id) => `/webhooks/${id}`),
  'webhook.rotate': at('POST', (id) => `/webhooks/${id}/rotate`),
  'webhook.test': at('POST', (id) => `/webhooks/${id}/test`),
  'webhook.replay': at('POST', (id) => `/webhooks/${id}/replay`),
  'webhook.deliveries': at('GET', (id) => `/webhooks/${id}/deliveries`),
};

function headersOf({ ifMatch, fence, key }: Action): Record<string, string> {
  return {
    ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    ...(fence === undefined ? {} : { 'lease-fence': String(fence) }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
}

export class RestDoor implements Door {
  readonly name = 'REST';

  constructor(private readonly url: string) {}

  async perform(user: TestUser | undefined, action: Action): Promise<Outcome> {
    const [method, path] = routes[action.name](action);
    const client = new Client(this.url, user).with(headersOf(action));
    const { status, body } = await client.call<unknown>(method, path, action.input);
    if (status < 300) return { code: 'OK', data: status === 204 ? null : body.data };
    return { code: body.code ?? '', data: null, problems: (body.errors ?? []).map(({ code }) => code) };
  }
}
