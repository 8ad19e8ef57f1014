import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Operation } from '../../../src/platform/operations/operation.js';
import { features } from '../../../src/features.js';
import { manifestOf } from '../../../src/platform/feature/feature.js';
import { fieldOf, operationsOf, routesOf } from '../../../src/platform/operations/operation.js';
import { propertiesOf } from '../../../src/platform/schema/property.js';
import type { TestUser } from '../../support/app.js';
import { ABSENT } from './case.js';
import type { Action, Surface } from './surface.js';
import { World } from './world.js';

/**
 * Every operation of the registry, asked in ways that every operation can be asked: both surfaces answer the same code
 * and the same problems. Seen to fail: a resolver without its permission, a parameter that one surface does not read, and an id
 * that one surface does not check each fail under the name of the operation.
 */
const operations: readonly Operation[] = features.flatMap((feature) =>
  (manifestOf(feature).operations ?? []).flatMap(operationsOf),
);

/** An input that the schema of GraphQL accepts, by the name of its shape: permissions and ids are looked at after it. */
const INPUTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  BulkRequest: { atomic: true, operations: [{ op: 'delete', id: ABSENT }] },
  CommentContent: { content: 'said' },
  ErrorBatch: { errors: [{ errorMessage: 'failed' }] },
  ErrorMerge: { into: ABSENT },
  ErrorPatch: { title: 'named' },
  Heartbeat: { fence: 1 },
  IngestKeyPatch: { name: 'other' },
  MePatch: { defaultTeamId: ABSENT },
  NewApiKey: { name: 'key' },
  NewConsent: { purpose: 'product-mail', version: '1' },
  NewDependency: { dependsOn: ABSENT },
  NewError: { errorMessage: 'failed' },
  NewIngestKey: { name: 'shop' },
  NewProject: { projectKey: 'parity', name: 'Parity' },
  NewRole: { name: 'parity', permissions: [] },
  NewServiceAccount: { handle: 'parity', name: 'Parity' },
  NewTag: { name: 'parity' },
  NewTask: { title: 'task' },
  NewTaskContext: { contextType: 'decision' },
  NewTaskInPlace: { title: 'task' },
  NewTaskInTeam: { title: 'task' },
  NewTeam: { name: 'team' },
  NewTeamMember: { userId: ABSENT },
  NewUserIdentity: { subject: 'service-token:parity.access', issuer: 'https://issuer.example' },
  NewUser: { email: 'parity@example.test', name: 'Parity' },
  NewValidation: { taskId: ABSENT, validationType: 'testing' },
  NewInvite: { email: 'new@example.com' },
  SecondFactorCode: { code: '123456' },
  SecondFactorStart: { currentPassword: 'none' },
  NewWebhook: { url: 'https://example.com/hooks' },
  NewWorkflowState: { workflowName: 'review', stepName: 'lint' },
  PasswordChange: { currentPassword: 'none', newPassword: 'a walk beside the river' },
  ProjectPatch: { name: 'Other' },
  Release: { fence: 1 },
  ReplayRequest: { since: '2026-01-01T00:00:00Z' },
  RolePatch: { description: 'other' },
  ServiceAccountPatch: { name: 'Other' },
  TagPatch: { color: '#00ff00' },
  TaskContextPatch: { contextData: {} },
  TaskPatch: { title: 'other' },
  TaskReplacement: { title: 'other' },
  TeamMemberPatch: { role: 'member' },
  TeamPatch: { name: 'other' },
  UserPatch: { name: 'Other' },
  ValidationPatch: { toolName: 'eslint' },
  ValidationReplacement: { validationType: 'testing' },
  WebhookPatch: { description: 'other' },
  WorkflowStatePatch: { state: 'running' },
};

const TEXTS: Readonly<Record<string, string>> = { key: 'no-such-project', ref: '99', dependsOn: '99' };

/** Its required parameters: ids that nothing has, or what an id must not be. */
function paramsOf({ params }: Operation, id: string): Record<string, unknown> {
  if (!params) return {};
  return Object.fromEntries(
    [...propertiesOf(params)]
      .filter(([, { required }]) => required !== false)
      .map(([name, { format }]) => [name, format === 'uuid' ? id : (TEXTS[name] ?? 'x')]),
  );
}

const hasId = ({ params }: Operation): boolean =>
  params !== undefined &&
  [...propertiesOf(params).values()].some(({ format, required }) => format === 'uuid' && required !== false);

function actionOf(operation: Operation, id = ABSENT): Action {
  const { name, input, inputIsOptional } = operation;
  const needed = input !== undefined && inputIsOptional !== true;
  const sample = needed ? INPUTS[input.name] : undefined;
  if (needed && !sample) throw new Error(`There is no sample of ${input.name}.`);
  return { operation: name, params: paramsOf(operation, id), ...(sample ? { input: sample } : {}) };
}

let world: World;
let surfaces: readonly Surface[];
let nothing: TestUser;

beforeAll(async () => {
  world = await World.start();
  surfaces = [world.restSurface(), await world.graphqlSurface()];
  nothing = await world.app.user('developer', 'nothing', []);
});
afterAll(() => world.app.close());

async function answersOf(user: TestUser | undefined, action: Action): Promise<readonly (readonly unknown[])[]> {
  const answers = [];
  for (const surface of surfaces) {
    const { code, problems } = await surface.perform(user, action);
    answers.push([code, ...problems]);
  }
  return answers;
}

const named = (some: readonly Operation[]): [string, Operation][] => some.map((one) => [one.name, one]);

it('has every operation on both surfaces', () => {
  expect(operations.length).toBeGreaterThan(100);
  const lacking = operations.filter((one) => routesOf(one).length === 0 || fieldOf(one) === null);
  expect(lacking.map(({ name }) => name)).toEqual([]);
});

it.each(named(operations))('asks for a credential: %s', async (_, operation) => {
  expect(await answersOf(undefined, actionOf(operation))).toEqual([['UNAUTHENTICATED'], ['UNAUTHENTICATED']]);
});

const withPermission = operations.filter(({ permission }) => permission !== 'signed-in');

it.each(named(withPermission))('refuses a credential that is narrowed to nothing: %s', async (_, operation) => {
  expect(await answersOf(nothing, actionOf(operation))).toEqual([['FORBIDDEN'], ['FORBIDDEN']]);
});

it.each(named(operations.filter(hasId)))('knows nothing of an id that nothing has: %s', async (_, operation) => {
  const [rest, graphql] = await answersOf(world.user('admin'), actionOf(operation));
  expect(graphql).toEqual(rest);
  expect(['NOT_FOUND', 'CONFLICT', 'RULE_VIOLATED']).toContain(rest?.[0]);
});

it.each(named(operations.filter(hasId)))('refuses what is no id: %s', async (_, operation) => {
  const [rest, graphql] = await answersOf(world.user('admin'), actionOf(operation, 'x'));
  expect(graphql).toEqual(rest);
  expect(rest?.[0]).toBe('VALIDATION_FAILED');
});

const lists = operations.filter(({ list }) => list !== undefined);

it.each(named(lists))('refuses a page without rows: %s', async (_, operation) => {
  const answers = await answersOf(world.user('admin'), { ...actionOf(operation), list: { limit: 0 } });
  const expected = ['VALIDATION_FAILED', 'INVALID_PARAMETER list.limit'];
  expect(answers).toEqual([expected, expected]);
});
