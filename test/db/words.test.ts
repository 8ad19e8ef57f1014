import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { RECURRENCES, STAGES, STATUSES } from '../../src/modules/tasks/task.values.js';
import {
  ENDED,
  FINDING_STATES,
  SEVERITIES,
  VALIDATION_STATUSES,
  VALIDATION_TYPES,
} from '../../src/modules/validations/validation.values.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

// Seen to fail: with a status missing from ENDED, a type added to the constraint only, and a stage missing from it.
describe('The words repeated in constraints and functions', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const quoted = (text: string): string[] => [...text.matchAll(/'([a-z_]+)'/g)].map(([, word = '']) => word);

  it.each([
    ['tasks_status_check', STATUSES],
    ['tasks_recurrence_pattern_check', RECURRENCES],
    ['validation_results_validation_type_check', VALIDATION_TYPES],
    ['validation_results_validation_status_check', VALIDATION_STATUSES],
    ['validation_findings_severity_check', SEVERITIES],
    ['validation_findings_state_check', FINDING_STATES],
  ])('match the shapes: %s', async (constraint, words) => {
    const { rows } = await client.query<{ text: string }>(
      'select pg_get_constraintdef(oid) as text from pg_constraint where conname = $1',
      [constraint],
    );
    expect(quoted(rows[0]?.text ?? '').sort()).toEqual([...words].sort());
  });

  it('match the shapes: stages', async () => {
    const { rows } = await client.query<{ text: string }>(
      `select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'tasks_stage_check'`,
    );
    const found = quoted(rows[0]?.text ?? '').filter((word) => !(STATUSES as readonly string[]).includes(word));
    expect(found.sort()).toEqual([...STAGES].sort());
  });

  it('match the shapes: final validation statuses, and types that a gate checks', async () => {
    const { rows } = await client.query<{ status: string }>(
      'select s.status from unnest($1::text[]) s (status) where app.validation_has_ended(s.status)',
      [VALIDATION_STATUSES],
    );
    expect(rows.map(({ status }) => status).sort()).toEqual([...ENDED].sort());
    const { rows: gate } = await client.query<{ text: string }>(
      `select substring(pg_get_functiondef(oid) from 'ARRAY\\[[^]]*documentation[^]]*\\]') as text
       from pg_proc where proname = 'validation_gate'`,
    );
    expect(quoted(gate[0]?.text ?? '').sort()).toEqual([...VALIDATION_TYPES].sort());
  });
});
