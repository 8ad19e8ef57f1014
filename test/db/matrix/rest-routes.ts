import type { Route, Target } from './route.js';
import { webhookRoutes } from './webhook-routes.js';
import { NEWCOMER } from './world.js';

export type { Route, Target } from './route.js';

/** Statuses for an own row, a mate's, another tenant's and an absent one; the last two are always equal. */
const read = {
  '200 200 404 404': 'viewer developer narrowed api_client',
  '200 200 200 404': 'admin narrowed_admin',
};
const write = (status: number): Route['expect'] => ({
  [`${status} ${status} 404 404`]: 'developer api_client',
  [`${status} ${status} ${status} 404`]: 'admin',
});
/** Allowed to managers of the team, not to members. */
const manage = (status: number): Route['expect'] => ({
  [`${status} 403 404 404`]: 'developer api_client',
  [`${status} ${status} ${status} 404`]: 'admin',
});
/** Requests without a row: the same for every target. */
const always = (status: number, who: string): Route['expect'] => ({
  [`${status} ${status} ${status} ${status}`]: who,
});
const readers = 'viewer developer narrowed api_client admin narrowed_admin';
const errorReaders = 'viewer developer reporter admin';
const everybody = `${readers} reporter`;

const list = (path: string, who: string): Route => ({ path: () => path, expect: always(200, who) });
const task = (t: Target): string => `/tasks/${t.leaf}`;
const tag = (t: Target): string => `/tags/${t.tag}`;
const project = (t: Target): string => `/projects/${t.listProject}`;
const projectTask = (t: Target): string => `${project(t)}/tasks/${t.ref}`;
const team = (t: Target): string => `/teams/${t.team}`;
const member = (t: Target): string => `${team(t)}/members/${t.colleague}`;
const invite = (t: Target): string => `/invites/${t.invite}`;
const error = (t: Target): string => `/errors/${t.error}`;
const readError = { '200 200 404 404': 'viewer developer reporter', '200 200 200 404': 'admin' };
const context = (t: Target): string => `/tasks/${t.trunk}/contexts/${t.context}`;
const comment = (t: Target): string => `/tasks/${t.trunk}/comments/${t.comment}`;
const workflow = (t: Target): string => `/tasks/${t.trunk}/workflow-states/${t.workflow}`;
const writeError = { '200 200 404 404': 'reporter', '200 200 200 404': 'admin' };
const ingestKey = (t: Target): string => `/ingest-keys/${t.ingestKey}`;
const title = { title: 'changed' };
const validation = (t: Target): string => `/validations/${t.validation}`;
/** An api_client writes validations but cannot read them. */
const validationReaders = 'viewer developer admin';
const readValidation = { '200 200 404 404': 'viewer developer', '200 200 200 404': 'admin' };
// No validation has ended.
const write409 = { '409 409 404 404': 'developer api_client', '409 409 409 404': 'admin' };
const said = { content: 'said' };

/** A request for every route of the API document; a missing route fails the test. */
export const routes: Readonly<Record<string, Route>> = {
  'GET /tasks': list('/tasks?limit=100', readers),
  'POST /tasks': { path: () => '/tasks', body: (t) => ({ title: 'new', teamId: t.home }), expect: write(201) },
  'POST /tasks/bulk': {
    path: () => '/tasks/bulk',
    body: (t) => ({ atomic: true, operations: [{ op: 'update', id: t.leaf, patch: title }] }),
    expect: write(200),
  },
  'GET /tasks/next': { path: (t) => `/tasks/next?teamId=${t.home}`, expect: read },
  'GET /tags': list('/tags?limit=100', readers),
  'POST /tags': { path: () => '/tags', body: (t) => ({ name: 'new', teamId: t.home }), expect: write(201) },
  'GET /tags/{id}': { path: tag, expect: read },
  'PATCH /tags/{id}': { path: tag, body: () => ({ color: '#00ff00' }), expect: write(200) },
  'DELETE /tags/{id}': { path: tag, expect: write(204) },
  'GET /tasks/{id}': { path: task, expect: read },
  'PATCH /tasks/{id}': { path: task, body: () => title, expect: write(200) },
  'PUT /tasks/{id}': { path: task, body: () => title, expect: write(200) },
  'DELETE /tasks/{id}': { path: task, expect: write(204) },
  'POST /tasks/{id}/restore': { path: (t) => `/tasks/${t.deleted}/restore`, expect: write(200) },
  'POST /tasks/{id}/complete': { path: (t) => `${task(t)}/complete`, expect: write(200) },
  'PATCH /tasks/{id}/complete': { path: (t) => `${task(t)}/complete`, expect: write(200) },
  'GET /tasks/{id}/dependencies': { path: (t) => `/tasks/${t.branch}/dependencies`, expect: read },
  'POST /tasks/{id}/dependencies': {
    path: (t) => `${task(t)}/dependencies`,
    body: (t) => ({ dependsOn: t.trunk }),
    expect: write(201),
  },
  'GET /tasks/{id}/dependencies/{dependsOn}': {
    path: (t) => `/tasks/${t.branch}/dependencies/${t.trunk}`,
    expect: read,
  },
  'DELETE /tasks/{id}/dependencies/{dependsOn}': {
    path: (t) => `/tasks/${t.branch}/dependencies/${t.trunk}`,
    expect: write(204),
  },
  'POST /tasks/claim': {
    path: () => '/tasks/claim',
    body: (t) => ({ teamId: t.home }),
    expect: write(200),
  },
  'POST /tasks/{id}/heartbeat': {
    path: (t) => `/tasks/${t.trunk}/heartbeat`,
    body: () => ({ fence: 1 }),
    expect: { '200 409 404 404': 'developer api_client', '200 409 409 404': 'admin' },
  },
  'POST /tasks/{id}/release': {
    path: (t) => `/tasks/${t.trunk}/release`,
    body: () => ({ fence: 1 }),
    expect: { '200 409 404 404': 'developer api_client', '200 409 409 404': 'admin' },
  },
  'GET /tasks/{id}/blockers': { path: (t) => `/tasks/${t.branch}/blockers`, expect: read },
  'GET /tasks/{id}/contexts': { path: (t) => `/tasks/${t.trunk}/contexts`, expect: read },
  'POST /tasks/{id}/contexts': {
    path: (t) => `${task(t)}/contexts`,
    body: () => ({ contextType: 'note' }),
    expect: write(201),
  },
  'GET /tasks/{id}/contexts/{contextId}': { path: context, expect: read },
  'PATCH /tasks/{id}/contexts/{contextId}': {
    path: context,
    body: () => ({ contextType: 'changed' }),
    expect: write(200),
  },
  'DELETE /tasks/{id}/contexts/{contextId}': { path: context, expect: write(204) },
  'GET /tasks/{id}/comments': { path: (t) => `/tasks/${t.trunk}/comments`, expect: read },
  'POST /tasks/{id}/comments': { path: (t) => `${task(t)}/comments`, body: () => said, expect: write(201) },
  'GET /tasks/{id}/comments/{commentId}': { path: comment, expect: read },
  // The author or an admin.
  'PATCH /tasks/{id}/comments/{commentId}': { path: comment, body: () => said, expect: manage(200) },
  'DELETE /tasks/{id}/comments/{commentId}': { path: comment, expect: manage(204) },
  'GET /tasks/{id}/workflow-states': { path: (t) => `/tasks/${t.trunk}/workflow-states`, expect: read },
  'POST /tasks/{id}/workflow-states': {
    path: (t) => `${task(t)}/workflow-states`,
    body: () => ({ workflowName: 'w', stepName: 's' }),
    expect: write(201),
  },
  'GET /tasks/{id}/workflow-states/{stateId}': { path: workflow, expect: read },
  'PATCH /tasks/{id}/workflow-states/{stateId}': {
    path: workflow,
    body: () => ({ state: 'running' }),
    expect: write(200),
  },
  'GET /tasks/{id}/history': { path: (t) => `${task(t)}/history`, expect: read },
  'GET /changes': list('/changes?limit=100', everybody),
  'GET /audit': list('/audit?limit=100', 'viewer developer api_client admin'),
  'GET /projects': list('/projects?limit=100', readers),
  'POST /projects': {
    path: () => '/projects',
    body: (t) => ({ projectKey: 'new', name: 'new', teamId: t.home }),
    expect: write(201),
  },
  'GET /projects/{key}': { path: project, expect: read },
  'PATCH /projects/{key}': { path: project, body: () => ({ name: 'changed' }), expect: write(200) },
  'DELETE /projects/{key}': { path: (t) => `/projects/${t.project}`, expect: write(204) },
  'GET /projects/{key}/lists': { path: (t) => `${project(t)}/lists`, expect: read },
  'GET /projects/{key}/tasks': { path: (t) => `${project(t)}/tasks`, expect: read },
  'POST /projects/{key}/tasks': {
    path: (t) => `${project(t)}/tasks`,
    body: () => ({ title: 'new' }),
    expect: write(201),
  },
  'GET /projects/{key}/tasks/{ref}': { path: projectTask, expect: read },
  'PATCH /projects/{key}/tasks/{ref}': { path: projectTask, body: () => title, expect: write(200) },
  'PUT /projects/{key}/tasks/{ref}': { path: projectTask, body: () => title, expect: write(200) },
  'DELETE /projects/{key}/tasks/{ref}': { path: projectTask, expect: write(204) },
  'POST /projects/{key}/tasks/{ref}/complete': { path: (t) => `${projectTask(t)}/complete`, expect: write(200) },
  'PATCH /projects/{key}/tasks/{ref}/complete': { path: (t) => `${projectTask(t)}/complete`, expect: write(200) },
  'POST /projects/{key}/import': {
    path: (t) => `${project(t)}/import`,
    body: () => ({ master: { tasks: [{ id: 1, title: 'new' }] } }),
    expect: write(200),
  },
  'GET /projects/{key}/export': { path: (t) => `${project(t)}/export`, expect: read },
  ...webhookRoutes,
  'GET /analytics/tasks': list('/analytics/tasks?groupBy=project', readers),
  'GET /analytics/validations': list('/analytics/validations?groupBy=project', 'viewer developer admin'),
  'GET /analytics/errors': list('/analytics/errors?groupBy=project', 'viewer developer reporter admin'),
  'GET /teams': list('/teams?limit=100', readers),
  'POST /teams': {
    path: () => '/teams',
    body: () => ({ name: 'new' }),
    expect: always(201, 'developer api_client admin'),
  },
  'GET /teams/{id}': { path: team, expect: read },
  'PATCH /teams/{id}': { path: team, body: () => ({ name: 'changed' }), expect: manage(200) },
  'DELETE /teams/{id}': {
    path: team,
    expect: { '204 403 404 404': 'developer api_client', '204 409 409 404': 'admin' },
  },
  'GET /teams/{id}/tasks': { path: (t) => `${team(t)}/tasks`, expect: read },
  'POST /teams/{id}/tasks': { path: (t) => `${team(t)}/tasks`, body: () => ({ title: 'new' }), expect: write(201) },
  'GET /teams/{id}/members': { path: (t) => `${team(t)}/members`, expect: read },
  'POST /teams/{id}/members': {
    path: (t) => `${team(t)}/members`,
    body: () => ({ userId: NEWCOMER }),
    expect: { '201 201 201 404': 'admin' },
  },
  'GET /teams/{id}/members/{userId}': { path: member, expect: read },
  'PATCH /teams/{id}/members/{userId}': { path: member, body: () => ({ role: 'admin' }), expect: manage(200) },
  'DELETE /teams/{id}/members/{userId}': { path: member, expect: manage(204) },
  'GET /validations': list('/validations?limit=100', validationReaders),
  'POST /validations': {
    path: () => '/validations',
    body: (t) => ({ taskId: t.leaf, validationType: 'style', findings: [{ message: 'm' }] }),
    expect: write(201),
  },
  'GET /validations/{id}': { path: validation, expect: readValidation },
  'PUT /validations/{id}': { path: validation, body: () => ({ validationStatus: 'running' }), expect: write(200) },
  'PATCH /validations/{id}': { path: validation, body: () => ({ findings: [{ message: 'm' }] }), expect: write(200) },
  // A row that nobody sees cannot be deleted.
  'DELETE /validations/{id}': {
    path: validation,
    expect: { '204 204 404 404': 'developer', '404 404 404 404': 'api_client', '204 204 204 404': 'admin' },
  },
  'POST /validations/{id}/retry': { path: (t) => `${validation(t)}/retry`, expect: write409 },
  'GET /validations/{id}/attempts': { path: (t) => `${validation(t)}/attempts`, expect: readValidation },
  'GET /validations/{id}/findings': { path: (t) => `${validation(t)}/findings`, expect: readValidation },
  'GET /errors': list('/errors?limit=100', errorReaders),
  'POST /errors': {
    path: () => '/errors',
    body: (t) => ({ errorMessage: 'new', teamId: t.home }),
    expect: { '201 201 404 404': 'reporter', '201 201 201 404': 'admin' },
  },
  'POST /errors/batch': {
    path: () => '/errors/batch',
    body: (t) => ({ errors: [{ errorMessage: 'new', teamId: t.home }] }),
    // A refusal appears in the result of its operation.
    expect: always(200, 'reporter admin'),
  },
  'GET /errors/{id}': { path: error, expect: readError },
  'PATCH /errors/{id}': { path: error, body: () => ({ title: 'named' }), expect: writeError },
  ...Object.fromEntries(
    ['resolve', 'reopen', 'ignore'].flatMap((action) =>
      ['POST', 'PUT'].map((method): [string, Route] => [
        `${method} /errors/{id}/${action}`,
        { path: (t) => `${error(t)}/${action}`, body: () => ({}), expect: writeError },
      ]),
    ),
  ),
  // Merging an error into itself is refused once it is found.
  'POST /errors/{id}/merge': {
    path: (t) => `${error(t)}/merge`,
    body: (t) => ({ into: t.error }),
    expect: { '422 422 404 404': 'reporter', '422 422 422 404': 'admin' },
  },
  'GET /errors/{id}/occurrences': { path: (t) => `${error(t)}/occurrences`, expect: readError },
  'GET /errors/{id}/history': { path: (t) => `${error(t)}/history`, expect: readError },
  'POST /validations/import': {
    path: (t) => `/validations/import?taskId=${t.leaf}&format=sarif`,
    body: () => ({ version: '2.1.0', runs: [{ tool: { driver: { name: 'lint' } }, results: [] }] }),
    expect: write(200),
  },
  'GET /tasks/{id}/gate': { path: (t) => `${task(t)}/gate`, expect: readValidation },
  'GET /api-keys': list('/api-keys?limit=100', everybody),
  'POST /api-keys': {
    path: () => '/api-keys',
    body: () => ({ name: 'new' }),
    expect: always(201, 'viewer developer api_client reporter admin'),
  },
  'GET /api-keys/{id}': {
    path: (t) => `/api-keys/${t.apiKey}`,
    expect: {
      '200 404 404 404': 'viewer developer narrowed api_client reporter',
      '200 200 200 404': 'admin narrowed_admin',
    },
  },
  'POST /api-keys/{id}/rotate': {
    path: (t) => `/api-keys/${t.apiKey}/rotate`,
    body: () => ({}),
    expect: { '201 404 404 404': 'viewer developer api_client reporter admin' },
  },
  'DELETE /api-keys/{id}': {
    path: (t) => `/api-keys/${t.apiKey}`,
    expect: { '204 404 404 404': 'viewer developer api_client reporter', '204 204 204 404': 'admin' },
  },
  // Nobody but an admin manages the team of these projects; each manages the team of an own key.
  'GET /projects/{key}/ingest-keys': { path: (t) => `${project(t)}/ingest-keys`, expect: read },
  'POST /projects/{key}/ingest-keys': {
    path: (t) => `${project(t)}/ingest-keys`,
    body: () => ({ name: 'new' }),
    expect: { '403 403 404 404': 'developer api_client', '201 201 201 404': 'admin' },
  },
  'GET /ingest-keys/{id}': {
    path: ingestKey,
    expect: { '200 404 404 404': 'viewer developer narrowed api_client', '200 200 200 404': 'admin narrowed_admin' },
  },
  'PATCH /ingest-keys/{id}': {
    path: ingestKey,
    body: () => ({ name: 'changed' }),
    expect: { '200 404 404 404': 'developer api_client', '200 200 200 404': 'admin' },
  },
  'DELETE /ingest-keys/{id}': {
    path: ingestKey,
    expect: { '204 404 404 404': 'developer api_client', '204 204 204 404': 'admin' },
  },
  // Nobody of the matrix has one.
  'GET /service-accounts': list('/service-accounts', everybody),
  'POST /service-accounts': {
    path: () => '/service-accounts',
    body: () => ({ handle: 'agent', name: 'Agent' }),
    expect: always(201, 'viewer developer api_client reporter admin'),
  },
  'GET /service-accounts/{id}': { path: (t) => `/service-accounts/${t.user}`, expect: always(404, everybody) },
  'PATCH /service-accounts/{id}': {
    path: (t) => `/service-accounts/${t.user}`,
    body: () => ({ name: 'changed' }),
    expect: always(404, 'viewer developer api_client reporter admin'),
  },
  'GET /oauth/grants': list('/oauth/grants?limit=100', everybody),
  'DELETE /oauth/grants/{id}': {
    path: (t) => `/oauth/grants/${t.oauthGrant}`,
    expect: { '204 404 404 404': 'viewer developer api_client reporter', '204 204 204 404': 'admin' },
  },
  'GET /users': list('/users?limit=100', everybody),
  'POST /users': {
    path: () => '/users',
    body: () => ({ email: 'new@example.com', name: 'new', role: 'viewer' }),
    expect: always(201, 'admin'),
  },
  'GET /users/{id}': {
    path: (t) => `/users/${t.user}`,
    expect: {
      '200 200 404 404': 'viewer developer narrowed api_client reporter',
      '200 200 200 404': 'admin narrowed_admin',
    },
  },
  'DELETE /users/{id}': { path: (t) => `/users/${t.user}`, expect: { '422 422 422 404': 'admin' } },
  'PATCH /users/{id}': {
    path: (t) => `/users/${t.user}`,
    body: () => ({ name: 'changed' }),
    expect: {
      '200 403 404 404': 'viewer developer api_client reporter',
      '403 403 404 404': 'narrowed',
      '200 200 200 404': 'admin',
      '403 403 403 404': 'narrowed_admin',
    },
  },
  'GET /users/{id}/identities': {
    path: (t) => `/users/${t.user}/identities`,
    expect: {
      '200 403 404 404': 'viewer developer narrowed api_client reporter',
      '200 200 200 404': 'admin narrowed_admin',
    },
  },
  'POST /users/{id}/identities': {
    path: (t) => `/users/${t.user}/identities`,
    body: (t) => ({ issuer: 'https://new.example', subject: t.user }),
    expect: { '201 201 201 404': 'admin' },
  },
  'DELETE /users/{id}/identities/{identityId}': {
    path: (t) => `/users/${t.user}/identities/${t.identity}`,
    expect: { '204 204 204 404': 'admin' },
  },
  'GET /roles': list('/roles', everybody),
  'POST /roles': {
    path: () => '/roles',
    body: () => ({ name: 'new', permissions: ['tasks:read'] }),
    expect: always(201, 'admin'),
  },
  'PATCH /roles/{id}': {
    path: (t) => `/roles/${t.role}`,
    body: () => ({ description: 'changed' }),
    expect: { '200 200 200 404': 'admin' },
  },
  // The caller's own is built in, and nobody has the others.
  'DELETE /roles/{id}': { path: (t) => `/roles/${t.role}`, expect: { '422 204 204 404': 'admin' } },
  'GET /roles/{id}': { path: (t) => `/roles/${t.role}`, expect: { '200 200 200 404': everybody } },
  'GET /auth/me': list('/auth/me', everybody),
  // Everybody but the foreigner is the last owner of a team with another member.
  'DELETE /me': { path: () => '/me', expect: always(422, 'viewer developer api_client reporter admin') },
  'GET /me/consents': list('/me/consents', everybody),
  'POST /me/consents': {
    path: () => '/me/consents',
    body: () => ({ purpose: 'new', version: '1' }),
    expect: always(201, 'viewer developer api_client reporter admin'),
  },
  'DELETE /me/consents/{purpose}': {
    path: (t) => `/me/consents/${t.user}`,
    expect: { '204 404 404 404': 'viewer developer api_client reporter admin' },
  },
  'GET /me/export': list('/me/export', 'viewer developer api_client reporter admin'),
  'PATCH /auth/me': {
    path: () => '/auth/me',
    body: (t) => ({ defaultTeamId: t.home }),
    expect: { '200 200 422 422': 'viewer developer api_client reporter admin' },
  },
  'POST /auth/verify-email/resend': {
    path: () => '/auth/verify-email/resend',
    expect: always(204, 'viewer developer api_client reporter admin'),
  },
  'POST /auth/invite': {
    path: () => '/auth/invite',
    body: (t) => ({ email: 'new@example.com', teamId: t.team }),
    expect: manage(201),
  },
  'GET /invites': list('/invites?limit=100', readers),
  'GET /invites/{id}': { path: invite, expect: read },
  'DELETE /invites/{id}': { path: invite, expect: manage(204) },
  'POST /invites/{id}/resend': { path: (t) => `${invite(t)}/resend`, expect: manage(200) },
  // They have no password and no second factor.
  'POST /auth/second-factor': {
    path: () => '/auth/second-factor',
    body: () => ({ currentPassword: 'none' }),
    expect: always(422, 'viewer developer api_client reporter admin'),
  },
  'POST /auth/second-factor/confirm': {
    path: () => '/auth/second-factor/confirm',
    body: () => ({ code: '123456' }),
    expect: always(409, 'viewer developer api_client reporter admin'),
  },
  'POST /auth/second-factor/recovery-codes': {
    path: () => '/auth/second-factor/recovery-codes',
    body: () => ({ code: '123456' }),
    expect: always(409, 'viewer developer api_client reporter admin'),
  },
  'POST /auth/second-factor/remove': {
    path: () => '/auth/second-factor/remove',
    body: () => ({ code: '123456' }),
    expect: always(409, 'viewer developer api_client reporter admin'),
  },
  'DELETE /users/{id}/second-factor': {
    path: (t) => `/users/${t.user}/second-factor`,
    expect: always(404, 'admin'),
  },
  // They have no password, so none is the present one.
  'POST /auth/password': {
    path: () => '/auth/password',
    body: () => ({ currentPassword: 'none', newPassword: 'a walk beside the river' }),
    expect: always(422, 'viewer developer api_client reporter admin'),
  },
};

/** Routes without a session; the tests of identity and health cover them. */
export const openRoutes = [
  'POST /auth/login',
  'POST /auth/refresh',
  'POST /auth/logout',
  'POST /auth/signup',
  'POST /auth/verify-email',
  'POST /auth/password/forgot',
  'POST /auth/password/reset',
  'POST /auth/invite/accept',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'GET /health/detailed',
  'GET /metrics',
];
