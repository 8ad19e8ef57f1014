import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { checkCatalogue, staleExemptions } from '../../src/platform/database/catalogue/check.js';
import type { Finding } from '../../src/platform/database/catalogue/check.js';
import { rules } from '../../src/platform/database/catalogue/rules.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { violations } from './matrix/violations.js';

// Seen to fail: each rule reports its own planted violation below, by rule and object.
describe('the catalogue checker', () => {
  let database: TestDatabase;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.url });
    await superuser.connect();
  });

  afterAll(async () => {
    await superuser.end();
    await database.drop();
  });

  const run = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await superuser.query<Record<string, unknown>>(sql)).rows;

  async function plant(sql: string): Promise<Finding[]> {
    await superuser.query('begin');
    try {
      await superuser.query(sql);
      return await checkCatalogue(run);
    } finally {
      await superuser.query('rollback');
    }
  }

  it('finds nothing on our schema', async () => {
    expect(await checkCatalogue(run)).toEqual([]);
  });

  it('has no unused exemption', async () => {
    expect(await staleExemptions(run)).toEqual([]);
  });

  it('gives the same answer to the service login on every pool role', async () => {
    for (const role of ['tm_app_rw', 'tm_app_ro', 'tm_analytics', 'tm_background']) {
      const service = new pg.Client({ connectionString: database.serviceUrl, options: `-c role=${role}` });
      await service.connect();
      const asService = async (sql: string): Promise<Record<string, unknown>[]> =>
        (await service.query<Record<string, unknown>>(sql)).rows;
      const [findings, stale] = [await checkCatalogue(asService), await staleExemptions(asService)];
      await service.end();
      expect({ role, findings, stale }).toEqual({ role, findings: [], stale: [] });
    }
  });

  it('has a planted violation for every rule', () => {
    const planted = new Set(violations.map((violation) => violation.rule));
    expect(rules.map((rule) => rule.id).filter((id) => !planted.has(id))).toEqual([]);
  });

  it.each(violations)('$rule finds: $what', async ({ rule, object, sql }) => {
    expect(await plant(sql)).toContainEqual(expect.objectContaining({ rule, object }));
  });

  it('finds nothing again after the planted violations', async () => {
    expect(await checkCatalogue(run)).toEqual([]);
  });
});
