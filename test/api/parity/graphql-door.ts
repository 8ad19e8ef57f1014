import type { TestUser } from '../../support/app.js';
import { GraphqlClient } from '../../support/graphql.js';
import type { Action, ActionName, Door, Outcome } from './door.js';

/** A field of the schema: its arguments by name and type, and what is asked for. */
interface Field {
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
  readonly asks: string;
  /** What the action's id and part are called here. */
  readonly id?: string;
  readonly part?: string;
}

const WRITE = { dryRun: 'Boolean', idempotencyKey: 'String' };
const UPDATE = { ...WRITE, ifMatch: 'Int' };
const LIST = { first: 'Int', after: 'String', offset: 'Int', sort: 'String' };

const one = (name: string, asks: string, id = 'id', type = 'ID!'): Field => ({
  kind: 'query',
  name,
  args: { [id]: type },
  id,
  asks: `{ ${asks} }`,
});

const list = (name: string, filter: string | null, asks = 'id', more: Record<string, string> = {}): Field => ({
  kind: 'query',
  name,
  args: { ...more, ...LIST, ...(filter ? { filter } : {}) },
  asks: `{ nodes { ${asks} } }`,
});

const write = (
  name: string,
  args: Record<string, string>,
  asks: string,
  ids: Pick<Field, 'id' | 'part'> = {},
): Field => ({
  kind: 'mutation',
  name,
  args,
  asks: asks === '' ? '' : `{ ${asks} }`,
  ...ids,
});

const ID = { id: 'ID!' };
const TASK = { taskId: 'ID!' };
const OF_TASK = { id: 'taskId' };
const TASK_ROW = 'id version title status priority';
const WEBHOOK_ROW = 'id url eventTypes isEnabled';
const FENCED = { ...ID, ...UPDATE, fence: 'SafeInt' };

const fields: Readonly<Record<ActionName, Field>> = {
  'task.get': one('task', TASK_ROW),
  'task.list': list('tasks', 'TaskFilter', TASK_ROW, { search: 'String' }),
  'task.next': { kind: 'query', name: 'nextTasks', args: { projectKey: 'String', first: 'Int' }, asks: '{ id }' },
  'task.create': write('createTask', { input: 'NewTask!', ...WRITE }, TASK_ROW),
  'task.update': write('updateTask', { ...FENCED, input: 'TaskPatch!' }, TASK_ROW, { id: 'id' }),
  'task.replace': write('replaceTask', { ...FENCED, input: 'TaskReplacement!' }, TASK_ROW, { id: 'id' }),
  'task.delete': write('deleteTask', FENCED, '', { id: 'id' }),
  'task.restore': write('restoreTask', { ...ID, ...WRITE }, TASK_ROW, { id: 'id' }),
  'task.complete': write('completeTask', FENCED, TASK_ROW, { id: 'id' }),
  'task.claim': write('claimTask', { input: 'ClaimRequest', ...WRITE }, 'task { id status } lease { fence }'),
  'task.heartbeat': write('heartbeatTask', { ...ID, input: 'Heartbeat!', ...WRITE }, 'lease { fence }', { id: 'id' }),
  'task.release': write('releaseTask', { ...ID, input: 'Release!', ...WRITE }, TASK_ROW, { id: 'id' }),
  'task.bulk': write('bulkTasks', { input: 'BulkRequest!', ...WRITE }, 'index status id error'),
  'task.blockers': one('taskBlockers', 'taskId ready reasons { code }'),
  'task.history': one('taskHistory', 'events { event }', 'taskId'),
  'dependency.add': write('addTaskDependency', { ...TASK, input: 'NewDependency!', ...WRITE }, 'taskId', OF_TASK),
  'dependency.remove': write('removeTaskDependency', { ...TASK, dependsOn: 'String!', ...WRITE }, '', {
    ...OF_TASK,
    part: 'dependsOn',
  }),
  'comment.add': write('addTaskComment', { ...TASK, input: 'CommentContent!', ...WRITE }, 'id content', OF_TASK),
  'comment.list': { ...list('taskComments', 'TaskCommentFilter', 'id content', TASK), id: 'taskId' },
  'comment.update': write('updateTaskComment', { ...TASK, ...ID, ...UPDATE, input: 'CommentContent!' }, 'id content', {
    ...OF_TASK,
    part: 'id',
  }),
  'context.add': write('addTaskContext', { ...TASK, input: 'NewTaskContext!', ...WRITE }, 'id', OF_TASK),
  'workflowState.add': write('addWorkflowState', { ...TASK, input: 'NewWorkflowState!', ...WRITE }, 'id', OF_TASK),
  'project.get': one('project', 'id projectKey', 'key', 'String!'),
  'project.list': list('projects', 'ProjectFilter', 'projectKey'),
  'project.create': write('createProject', { input: 'NewProject!', ...WRITE }, 'id projectKey'),
  'project.update': write('updateProject', { key: 'String!', ...UPDATE, input: 'ProjectPatch!' }, 'id name', {
    id: 'key',
  }),
  'project.delete': write('deleteProject', { key: 'String!', ...UPDATE }, '', { id: 'key' }),
  'team.get': one('team', 'id name'),
  'team.create': write('createTeam', { input: 'NewTeam!', ...WRITE }, 'id name'),
  'team.update': write('updateTeam', { ...ID, ...UPDATE, input: 'TeamPatch!' }, 'id name', { id: 'id' }),
  'team.delete': write('deleteTeam', { ...ID, ...UPDATE }, '', { id: 'id' }),
  'member.add': write('addTeamMember', { teamId: 'ID!', input: 'NewTeamMember!', ...WRITE }, 'userId role', {
    id: 'teamId',
  }),
  'member.remove': write('removeTeamMember', { teamId: 'ID!', userId: 'ID!', ...WRITE }, '', {
    id: 'teamId',
    part: 'userId',
  }),
  'validation.get': one('validation', 'id validationStatus'),
  'validation.list': list('validations', 'ValidationFilter'),
  'validation.create': write('createValidation', { input: 'NewValidation!', ...WRITE }, 'id validationStatus'),
  'validation.update': write(
    'updateValidation',
    { ...ID, ...UPDATE, input: 'ValidationPatch!' },
    'id validationStatus',
    {
      id: 'id',
    },
  ),
  'validation.retry': write('retryValidation', { ...ID, ...UPDATE }, 'id validationStatus', { id: 'id' }),
  'error.get': one('error', 'id'),
  'error.list': list('errors', 'ErrorLogFilter', 'id', { search: 'String' }),
  'error.record': write('recordError', { input: 'NewError!', ...WRITE }, 'id isNew'),
  'error.resolve': write('resolveError', { ...ID, ...UPDATE, input: 'ErrorResolve' }, 'id resolutionStatus', {
    id: 'id',
  }),
  'error.merge': write('mergeError', { ...ID, ...UPDATE, input: 'ErrorMerge!' }, 'id', { id: 'id' }),
  'analytics.tasks': {
    kind: 'query',
    name: 'taskAnalytics',
    args: { window: 'String', groupBy: 'String' },
    asks: '{ from to }',
  },
  'audit.list': list('audit', 'AuditEntryFilter'),
  'me.get': { kind: 'query', name: 'me', args: {}, asks: '{ id }' },
  'user.list': list('users', 'UserFilter', 'username'),
  'user.create': write('createUser', { input: 'NewUser!', ...WRITE }, 'id email'),
  'role.list': list('roles', 'RoleFilter', 'name'),
  'key.create': write('createApiKey', { input: 'NewApiKey!', ...WRITE }, 'id name key'),
  'key.revoke': write('revokeApiKey', { ...ID, ...WRITE }, '', { id: 'id' }),
  'webhook.get': one('webhook', WEBHOOK_ROW),
  'webhook.list': list('webhooks', 'WebhookFilter', WEBHOOK_ROW),
  'webhook.create': write('createWebhook', { input: 'NewWebhook!', ...WRITE }, `${WEBHOOK_ROW} secret`),
  'webhook.update': write('updateWebhook', { ...ID, ...UPDATE, input: 'WebhookPatch!' }, WEBHOOK_ROW, { id: 'id' }),
  'webhook.delete': write('deleteWebhook', { ...ID, ...UPDATE }, '', { id: 'id' }),
  'webhook.rotate': write('rotateWebhookSecret', { ...ID, ...WRITE, input: 'SecretRotation' }, 'id secret', {
    id: 'id',
  }),
  'webhook.test': write('testWebhook', { webhookId: 'ID!', ...WRITE }, 'id eventType', { id: 'webhookId' }),
  'webhook.replay': write('replayWebhook', { webhookId: 'ID!', ...WRITE, input: 'ReplayRequest!' }, 'queued hasMore', {
    id: 'webhookId',
  }),
  'webhook.deliveries': {
    ...list('webhookDeliveries', 'WebhookDeliveryFilter', 'id', { webhookId: 'ID!' }),
    id: 'webhookId',
  },
};

const PAGING: Readonly<Record<string, string>> = {
  limit: 'first',
  cursor: 'after',
  offset: 'offset',
  sort: 'sort',
  q: 'search',
};

/** The shared grammar in the arguments of GraphQL: filters by name, lists where there are commas. */
function listArguments(
  query: Readonly<Record<string, unknown>>,
  named: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const filter: Record<string, unknown> = {};
  const args: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    const argument = PAGING[name] ?? name;
    if (argument in named) args[argument] = value;
    else filter[name] = typeof value === 'string' && value.includes(',') ? value.split(',') : value;
  }
  return Object.keys(filter).length === 0 ? args : { ...args, filter };
}

export class GraphqlDoor implements Door {
  readonly name = 'GraphQL';

  constructor(private readonly url: string) {}

  async perform(user: TestUser | undefined, action: Action): Promise<Outcome> {
    const field = fields[action.name];
    const { input, query = {}, ifMatch, fence, key, dryRun } = action;
    const variables: Record<string, unknown> = {
      ...(field.id ? { [field.id]: action.id } : {}),
      ...(field.part ? { [field.part]: action.part } : {}),
      ...listArguments(query, field.args),
      ...(input === undefined ? {} : { input }),
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(fence === undefined ? {} : { fence }),
      ...(key === undefined ? {} : { idempotencyKey: key }),
      ...(dryRun === undefined ? {} : { dryRun }),
    };
    const names = Object.keys(variables);
    const declared = names.map((name) => `$${name}: ${field.args[name] ?? 'String'}`).join(', ');
    const passed = names.map((name) => `${name}: $${name}`).join(', ');
    const text = `${field.kind}${declared ? ` (${declared})` : ''} { ${field.name}${passed ? `(${passed})` : ''} ${field.asks} }`;
    const { data, errors } = await new GraphqlClient(this.url, user).run(text, variables);
    const [error] = errors;
    if (error) {
      return { code: error.extensions.code, data: null, problems: error.extensions.errors.map(({ code }) => code) };
    }
    const answer = data?.[field.name];
    const page = answer as { nodes?: unknown } | null;
    return { code: 'OK', data: page?.nodes ?? answer };
  }
}
