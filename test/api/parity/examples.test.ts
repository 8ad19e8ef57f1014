import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { ParityCase } from './case.js';
import { valid } from './valid.cases.js';
import { validIdentity } from './valid-identity.cases.js';
import { validQuality } from './valid-quality.cases.js';
import { validTags } from './valid-tags.cases.js';
import { validTasks } from './valid-tasks.cases.js';
import { invites } from './invites.cases.js';
import { secondFactors } from './second-factors.cases.js';
import { webhooks } from './webhooks.cases.js';
import { World } from './world.js';

/*
 * Sends every example of the OpenAPI document, in a request that succeeds without it.
 * Seen to fail: with an example of a parameter that is no list (`types` of the changes), and with one that is too long.
 */
type Members = Readonly<Record<string, unknown>>;

interface Schema {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface Route {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const document = JSON.parse(readFileSync(new URL('../../../docs/generated/openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Route>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const resolved = (schema: Schema): Schema =>
  document.components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema;

/** The example of a schema: its own, or one of its items when all that they must have has examples. */
function exampleOf(schema: Schema): unknown {
  if (schema.example !== undefined || !schema.items) return schema.example;
  const item = resolved(schema.items);
  const members = examplesIn(item);
  const isWhole = (item.required ?? []).every((name) => name in members);
  return isWhole && Object.keys(members).length > 0 ? [members] : undefined;
}

function examplesIn(schema: Schema): Members {
  const members = Object.entries(resolved(schema).properties ?? {}).map(
    ([name, one]) => [name, exampleOf(one)] as const,
  );
  return Object.fromEntries(members.filter(([, example]) => example !== undefined));
}

const parametersOf = ({ parameters = [] }: Route): Members =>
  Object.fromEntries(
    parameters.flatMap(({ name, schema }) => (schema.example === undefined ? [] : [[name, schema.example]])),
  );

const bodyOf = ({ requestBody }: Route): Members => examplesIn(requestBody?.content['application/json']?.schema ?? {});

/** A task with the number that is the example of a dependency, beside the task that waits for it. */
const dependency: ParityCase = {
  name: 'adds a dependency by number',
  who: 'ada',
  does: async (w) => {
    const projectKey = await w.project();
    const parentTaskId = await w.task({ projectKey });
    const id = await w.task({ projectKey, parentTaskId });
    await w.task({ projectKey, parentTaskId });
    return { operation: 'addTaskDependency', params: { id }, input: {} };
  },
  code: 'OK',
};

/** Only admins change the role of a user. */
const changeOfUser: ParityCase = {
  name: 'changes a user',
  who: 'admin',
  does: (w) => ({ operation: 'updateUser', params: { id: w.people.bob.id }, input: {} }),
  code: 'OK',
};

const cases = [
  dependency,
  changeOfUser,
  ...valid,
  ...validTasks,
  ...validTags,
  ...validIdentity,
  ...validQuality,
  ...webhooks,
  ...invites,
  ...secondFactors,
].filter(({ code }) => code === 'OK');

let world: World;
const caseOf = new Map<string, ParityCase>();

beforeAll(async () => {
  world = await World.start();
  for (const one of cases) {
    for (const { operation } of [await one.does(world)].flat()) {
      if (!caseOf.has(operation)) caseOf.set(operation, one);
    }
  }
});
afterAll(() => world.app.close());

const routes = Object.values(document.paths)
  .flatMap((methods) => Object.values(methods))
  .map((route) => [route.operationId, { params: parametersOf(route), input: bodyOf(route) }] as const)
  .filter(([, { params, input }]) => Object.keys({ ...params, ...input }).length > 0);

/** Performs the first case that uses the operation, with the examples instead of its own values. */
async function send(operation: string, params: Members, input: Members): Promise<unknown> {
  const one = caseOf.get(operation);
  if (!one) return `No case uses ${operation}.`;
  const surface = world.restSurface();
  const user = world.user(one.who);
  const actions = [await one.does(world)].flat();
  const last = actions.findIndex((action) => action.operation === operation);
  for (const action of actions.slice(0, last)) await surface.perform(user, action);
  const action = { ...actions[last]!, params: { ...actions[last]!.params, ...params } };
  if (Object.keys(input).length === 0) return surface.perform(user, action);
  return surface.perform(user, { ...action, input: { ...action.input, ...input }, dryRun: true });
}

it.each(routes.filter(([name]) => !/^(Auth_\w+|.*By(PUT|PATCH|POST))$/.test(name)))(
  'the examples of %s are accepted',
  async (name, { params, input }) => {
    expect(await send(name, params, input)).toMatchObject({ code: 'OK', problems: [] });
  },
);

it('finds the examples', () => {
  expect(routes.length).toBeGreaterThan(25);
});
