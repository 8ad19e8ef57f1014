import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { actors } from './matrix/actors.js';
import { expand } from './matrix/expand.js';
import { expectedOf } from './matrix/expected.js';
import { cellsOf, lines, relations, runAsLogins, totals } from './matrix/run.js';
import type { Outcomes } from './matrix/run.js';
import { makeWorld } from './matrix/world.js';

// Seen to fail: rls-mutation.test.ts drops and opens every policy, and this matrix detects each change.
describe('what every actor can do to every row', () => {
  let database: TestDatabase;
  let superuser: pg.Client;
  let found: Outcomes;
  let wanted: Outcomes;

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.url });
    await superuser.connect();
    const world = await makeWorld(superuser);
    found = await runAsLogins(database, world, await totals(superuser, world));
    wanted = expand(expectedOf(world));
  }, 120_000);

  afterAll(async () => {
    await superuser.end();
    await database.drop();
  });

  it('is specified for every table, view and foreign table in the catalogue', async () => {
    expect(Object.keys(wanted).sort()).toEqual(await relations(superuser));
  });

  it('matches the matrix in every cell', () => {
    const actual = new Map(lines(found));
    const mismatches = lines(wanted)
      .filter(([line, outcome]) => actual.get(line) !== outcome)
      .map(([line, outcome]) => `${line}: expected ${outcome}, got ${actual.get(line) ?? 'nothing'}`);

    process.stdout.write(
      `Row-level security: ${cellsOf(found)} cells (${actors.length} actors, ${Object.keys(found).length} relations), ${mismatches.length} mismatches\n`,
    );
    expect(mismatches).toEqual([]);
    expect(cellsOf(found)).toBe(cellsOf(wanted));
  });

  it('is tested as the login of the service where possible', () => {
    expect(actors.filter((actor) => actor.operator).map((actor) => actor.name)).toEqual(['backup', 'monitor', 'owner']);
  });
});
