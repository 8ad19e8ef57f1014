import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conflicts } from './conflicts.cases.js';
import type { ActionName, Door } from './door.js';
import { ACTIONS } from './door.js';
import { forbidden } from './forbidden.cases.js';
import { GraphqlDoor } from './graphql-door.js';
import { invalid } from './invalid.cases.js';
import { missing } from './missing.cases.js';
import { RestDoor } from './rest-door.js';
import { valid } from './valid.cases.js';
import { webhooks } from './webhooks.cases.js';
import { World } from './world.js';

/**
 * The same table through every surface: the same codes, and the same answers where a case names some.
 * Teeth: a GraphQL error formatter that loses the fault, an argument that is not passed on, or a field without the
 * check of its permission each fail rows of one door and not of the other.
 */
let world: World;
let doors: readonly Door[];
const used = new Set<ActionName>();

beforeAll(async () => {
  world = await World.start();
  doors = [new RestDoor(world.app.url), new GraphqlDoor(world.app.url)];
});
afterAll(() => world.app.close());

/** Every surface must answer every row in the same way. */
const table = { valid, invalid, forbidden, missing, conflicts, webhooks };

describe.each(Object.entries(table))('%s', (_, cases) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const user = world.user(one.who);
    const seen: Record<string, unknown> = {};
    for (const door of doors) {
      const actions = [await one.does(world)].flat();
      const outcomes = [];
      for (const action of actions) {
        used.add(action.name);
        outcomes.push(await door.perform(user, action));
      }
      const last = outcomes.at(-1)!;
      seen[door.name] = [last.code, ...('problems' in last && one.problems ? [...last.problems].sort() : [])];
      if (last.code === 'OK' && one.answers !== undefined) {
        expect([door.name, last.data]).toMatchObject([door.name, one.answers]);
      }
    }
    const expected = [one.code, ...(one.problems ?? [])];
    expect(seen).toEqual(Object.fromEntries(doors.map(({ name }) => [name, expected])));
  });
});

it('uses every action', () => {
  expect(ACTIONS.filter((action) => !used.has(action))).toEqual([]);
});
