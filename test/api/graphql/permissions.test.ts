import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLOutputType, GraphQLSchema } from 'graphql';
import { GraphQLNonNull, getNamedType, isInputType, isLeafType, isObjectType } from 'graphql';
import { GraphqlEndpoint } from '../../../src/platform/graphql/graphql-endpoint.js';
import { relations } from '../../../src/graphql.js';
import type { RootField } from '../../../src/platform/graphql/resolvers.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { Client } from '../../support/client.js';
import { GraphqlClient } from '../../support/graphql.js';

/**
 * Deny by default: every field that leads to rows declares its permission and is refused without it.
 * Seen to fail: a resolver without a declaration was missing from the list and answered FORBIDDEN to an admin; one that
 * declared too little appeared on another line and answered the credential without permissions.
 */
let app: TestApp;
let schema: GraphQLSchema;
let fields: readonly RootField[];

beforeAll(async () => {
  app = await startTestApp();
  const service = await app.app.get(GraphqlEndpoint).service();
  ({ schema } = service);
  ({ fields } = service);
});
afterAll(() => app.close());

/** Requires only a credential: the caller's own data and visible users. The modules test further rules. */
const SIGNED_IN = [
  'apiKey',
  'apiKeys',
  'audit',
  'changePassword',
  'changes',
  'confirmSecondFactor',
  'consents',
  'createApiKey',
  'createServiceAccount',
  'deleteMe',
  'events',
  'giveConsent',
  'me',
  'oauthGrants',
  'removeSecondFactor',
  'removeTeamMember',
  'replaceRecoveryCodes',
  'requestEmailVerification',
  'revokeApiKey',
  'revokeOauthGrant',
  'role',
  'roles',
  'rotateApiKey',
  'serviceAccount',
  'serviceAccounts',
  'startSecondFactor',
  'updateMe',
  'updateServiceAccount',
  'updateUser',
  'user',
  'userIdentities',
  'users',
  'withdrawConsent',
];

const needOf = ({ access }: Pick<RootField, 'access'>): string | undefined =>
  access?.kind === 'permission' ? access.permissions.join(' or ') : access?.kind;

/** Any value that an argument of this type accepts. */
function someValue(type: unknown): string {
  const name = String(type).replace(/!$/, '');
  if (name === 'ID') return '"01890000-0000-7000-8000-000000000000"';
  if (name === 'String') return '"x"';
  if (name === 'Int' || name === 'SafeInt') return '1';
  return '{}';
}

const selected = (type: GraphQLOutputType): string => (isLeafType(getNamedType(type)) ? '' : '{ __typename }');

/** A field with its required arguments; inputs must be valid, because they are checked before the permission. */
function asked(kind: string, name: string): string | null {
  const root = kind === 'Query' ? schema.getQueryType() : schema.getMutationType();
  const field = root?.getFields()[name];
  if (!field) return null;
  const needed = field.args.filter(({ type }) => type instanceof GraphQLNonNull && isInputType(type));
  const shapes = needed.filter(({ type }) => !isLeafType(getNamedType(type)));
  if (shapes.length > 0) return null;
  const args = needed.map((arg) => `${arg.name}: ${someValue(arg.type)}`).join(', ');
  return `${kind.toLowerCase()} { ${name}${args ? `(${args})` : ''} ${selected(field.type)} }`;
}

describe('every root field', () => {
  it('has one resolver, and every resolver has a field', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const known = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}));
    expect(fields.map(({ name }) => name).sort()).toEqual(known.sort());
  });

  it('declares its permission', () => {
    expect(fields.filter((field) => needOf(field) === undefined).map(({ name }) => name)).toEqual([]);
    const signedIn = fields.filter((field) => needOf(field) === 'signed-in').map(({ name }) => name);
    expect(signedIn.sort()).toEqual(SIGNED_IN);
    expect(fields.filter((field) => needOf(field) === 'public')).toEqual([]);
    const writes = fields.filter(({ kind, name }) => kind === 'Mutation' && !SIGNED_IN.includes(name));
    expect(writes.filter((field) => !/:write$|^\*$/.test(needOf(field) ?? '')).map(({ name }) => name)).toEqual([]);
  });

  it('refuses a credential without scopes', async () => {
    const nobody = new GraphqlClient(app.url, await app.user('developer', 'nothing', []));
    const codes: Record<string, string | undefined> = {};
    for (const { kind, name } of fields) {
      const query = asked(kind, name);
      if (query !== null && !SIGNED_IN.includes(name)) codes[name] = (await nobody.run(query)).code;
    }
    expect(Object.keys(codes).length).toBeGreaterThan(30);
    expect(Object.entries(codes).filter(([, code]) => code !== 'FORBIDDEN')).toEqual([]);
  });
});

describe('every relation', () => {
  it('declares its permission', () => {
    const all = relations.map((relation) => `${relation.owner.name}.${relation.name}: ${needOf(relation)}`);
    expect(all.sort()).toEqual([
      'ErrorLog.assignee: signed-in',
      'ErrorLog.task: tasks:read',
      'Project.team: tasks:read',
      'Task.assignee: signed-in',
      'Task.comments: tasks:read',
      'Task.contexts: tasks:read',
      'Task.creator: signed-in',
      'Task.dependants: tasks:read',
      'Task.dependencies: tasks:read',
      'Task.errors: errors:read',
      'Task.parent: tasks:read',
      'Task.project: tasks:read',
      'Task.subtasks: tasks:read',
      'Task.team: tasks:read',
      'Task.validations: validations:read',
      'TaskComment.author: signed-in',
      'Team.members: tasks:read',
      'Team.projects: tasks:read',
      'TeamMember.user: signed-in',
      'Validation.task: tasks:read',
    ]);
  });

  it('refuses a caller who may read the row but not its relation', async () => {
    const ada = await app.user('developer', 'ada');
    const robot = await app.user('api_client', 'robot');
    const team = await app.team(ada, robot);
    await new Client(app.url, ada).post('/tasks', { title: 'checked', teamId: team });
    const query = '{ tasks { nodes { id validations { id } } } }';
    expect((await new GraphqlClient(app.url, ada).run(query)).errors).toEqual([]);
    const refused = await new GraphqlClient(app.url, robot).run(query);
    expect([refused.code, refused.data]).toEqual(['FORBIDDEN', { tasks: null }]);
  });

  it('is a field of its type', () => {
    for (const { owner, name } of relations) {
      const type = schema.getType(owner.name);
      expect([owner.name, name, isObjectType(type) && name in type.getFields()]).toEqual([owner.name, name, true]);
    }
  });
});

describe('a caller who may write but not read', () => {
  it('receives only a receipt', async () => {
    const ada = await app.user('developer', 'writer');
    const robot = await app.user('api_client', 'blind');
    const team = await app.team(ada, robot);
    const { body } = await new Client(app.url, ada).post<{ id: string }>('/tasks', { title: 'checked', teamId: team });
    const record = `mutation { createValidation(input: { taskId: "${body.data.id}", validationType: "testing" }) {
      id version validationStatus validation { id task { title } }
    } }`;
    const receipt = (await new GraphqlClient(app.url, robot).run(record)).data?.createValidation;
    expect(receipt).toMatchObject({ version: 1, validationStatus: 'queued', validation: null });
    const whole = (await new GraphqlClient(app.url, ada).run(record)).data?.createValidation;
    expect(whole).toMatchObject({ validation: { task: { title: 'checked' } } });
  });
});
