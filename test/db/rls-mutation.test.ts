import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { checkCatalogue } from '../../src/platform/database/catalogue/check.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { definerCases, runDefinerCase } from './matrix/definer-cases.js';
import { Mutations, policyMutants, tableMutants } from './matrix/mutants.js';
import type { Mutant } from './matrix/mutants.js';
import { totals } from './matrix/run.js';
import { makeWorld } from './matrix/world.js';
import type { World } from './matrix/world.js';

// Proves that the matrix and the definer cases detect faults.
// Seen to fail: with an empty mutation (no `sql`), every case survived and was reported by name.
describe('the matrix fails when row-level security is weakened', () => {
  let database: TestDatabase;
  let superuser: pg.Client;
  let world: World;
  let mutations: Mutations;

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.url });
    await superuser.connect();
    world = await makeWorld(superuser);
    mutations = new Mutations(superuser, world, await totals(superuser, world));
  });

  afterAll(async () => {
    await superuser.end();
    await database.drop();
  });

  async function survivors(mutants: Mutant[], label: string): Promise<string[]> {
    const left: string[] = [];
    for (const mutant of mutants) if (!(await mutations.shows(mutant))) left.push(mutant.what);
    process.stdout.write(
      `Row-level security: ${label}, shown by the matrix ${mutants.length - left.length} of ${mutants.length}\n`,
    );
    return left;
  }

  /** Applies all mutants at once and returns those without a finding. */
  async function unseenByChecker(mutants: Mutant[]): Promise<string[]> {
    await superuser.query('begin');
    for (const { sql } of mutants) await superuser.query(sql);
    const findings = await checkCatalogue(async (sql) => (await superuser.query<Record<string, unknown>>(sql)).rows);
    await superuser.query('rollback');
    const found = new Set(findings.map(({ rule, object, problem }) => `${rule} ${object}: ${problem}`));
    return mutants.filter(({ findings }) => !findings.every((finding) => found.has(finding))).map(({ what }) => what);
  }

  it('lets nothing unexpected through SECURITY DEFINER functions', async () => {
    await superuser.query('begin');
    const wanted = definerCases(world);
    const found: string[] = [];
    for (const one of wanted) found.push(`${one.what}: ${await runDefinerCase(superuser, one)}`);
    await superuser.query('rollback');
    expect(found).toEqual(wanted.map((one) => `${one.what}: ${one.outcome}`));
  });

  it('detects every dropped policy', async () => {
    const { dropped } = await policyMutants(superuser);
    expect(await survivors(dropped, 'policies dropped')).toEqual([]);
    expect(await unseenByChecker(dropped)).toEqual([]);
  }, 120_000);

  it('detects every opened policy', async () => {
    const { opened, equivalent } = await policyMutants(superuser);
    expect(await survivors(opened, 'policies opened')).toEqual([]);
    expect(await unseenByChecker([...opened, ...equivalent])).toEqual([]);
  }, 120_000);

  it('detects row-level security that is disabled or not forced', async () => {
    const { disabled, unforced } = tableMutants(world);
    expect(await survivors([...disabled, ...unforced], 'tables off or not forced')).toEqual([]);
    expect(await unseenByChecker(disabled)).toEqual([]);
    expect(await unseenByChecker(unforced)).toEqual([]);
  }, 120_000);
});
