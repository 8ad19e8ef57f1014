import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conflicts } from './conflicts.cases.js';
import { DIFFERENCES, OF_SCHEMA } from './differences.js';
import { forbidden } from './forbidden.cases.js';
import { invalid } from './invalid.cases.js';
import { missing } from './missing.cases.js';
import type { Outcome, Surface } from './surface.js';
import { validIdentity } from './valid-identity.cases.js';
import { validQuality } from './valid-quality.cases.js';
import { validTasks } from './valid-tasks.cases.js';
import { valid } from './valid.cases.js';
import { validTags } from './valid-tags.cases.js';
import { invites } from './invites.cases.js';
import { secondFactors } from './second-factors.cases.js';
import { webhooks } from './webhooks.cases.js';
import { World } from './world.js';

/**
 * The same table on every surface: the same codes, the same problems at the same neutral paths, and the same answers
 * where a case names some.
 * Seen to fail: a GraphQL error formatter that loses the fault, an argument that is not passed on, a problem under another
 * argument's name, or a field without the check of its permission each fail rows of one surface and not of the other.
 */
let world: World;
let surfaces: readonly Surface[];

beforeAll(async () => {
  world = await World.start();
  surfaces = [world.restSurface(), await world.graphqlSurface()];
});
afterAll(() => world.app.close());

const table = {
  valid,
  validTasks,
  validTags,
  validIdentity,
  validQuality,
  invalid,
  forbidden,
  missing,
  conflicts,
  webhooks,
  invites,
  secondFactors,
};

const codesOf = ({ problems }: Outcome): readonly string[] => problems.map((problem) => problem.split(' ')[0] ?? '');

describe.each(Object.entries(table))('%s', (_, cases) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const problems: Record<string, readonly string[]> = {};
    for (const surface of surfaces) {
      const outcomes = [];
      for (const action of [await one.does(world)].flat()) {
        outcomes.push(await surface.perform(world.user(one.who), action));
      }
      const last = outcomes.at(-1)!;
      const expected = [...outcomes.slice(0, -1).map(() => 'OK'), one.code];
      expect([surface.name, ...outcomes.map(({ code }) => code)]).toEqual([surface.name, ...expected]);
      if (one.problems) expect([surface.name, ...codesOf(last)]).toEqual([surface.name, ...one.problems]);
      if (one.answers !== undefined) expect([surface.name, last.data]).toMatchObject([surface.name, one.answers]);
      problems[surface.name] = last.problems;
    }
    const difference = DIFFERENCES[name];
    const expected = difference
      ? { REST: difference.REST, GraphQL: [`${OF_SCHEMA} ${difference.GraphQL}`] }
      : { REST: problems['REST'], GraphQL: problems['REST'] };
    expect(problems).toEqual(expected);
  });
});

it('has a case of success for every operation', async () => {
  const done = new Set<string>();
  for (const { code, does } of Object.values(table).flat()) {
    if (code !== 'OK') continue;
    for (const { operation } of [await does(world)].flat()) done.add(operation);
  }
  expect([...world.operations.keys()].filter((name) => !done.has(name))).toEqual([]);
});
