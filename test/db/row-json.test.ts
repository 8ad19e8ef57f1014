import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { sendInOneRoundTrip } from '../../src/platform/database/single-round-trip.js';
import type { Step } from '../../src/platform/database/single-round-trip.js';
import { createFixture } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';

/** Values of every type that answers hold, as SQL: common ones, and those whose JSON differs most from their text. */
const values: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false', 'null'],
  integer: ['0', "'-2147483648'", '2147483647'],
  bigint: ['9223372036854775807'],
  numeric: ['0', '12.30', '-0.5', '1e-20', "'NaN'", "'Infinity'", "'-Infinity'", 'null'],
  'double precision': ['1.5', '1e300', '-0.0', "'NaN'", "'-Infinity'"],
  uuid: ['gen_random_uuid()', 'null'],
  timestamptz: [
    "'2026-01-02 03:04:05+00'",
    "'2026-01-02 03:04:05.000006+00'",
    "'12026-01-02 03:04:05.5+00'",
    "'0044-03-15 12:00:00+00 BC'",
    "'infinity'",
    "'-infinity'",
    'null',
  ],
  date: ["'2026-01-02'", "'infinity'"],
  inet: ["'10.0.0.1'", "'fe80::1/64'"],
  jsonb: [`'{"b": [1.50, null, "\\"\\\\"], "a": {}}'`, "'null'", `'"text"'`],
  json: [`'{"b" :1,  "a":2}'`],
  'varchar(20)': ["''", `'a "quoted" one'`, "E'back\\\\slash'"],
  text: ["E'\\b\\f\\n\\r\\t\\x01\\x1f\\x7f'", "'</script> \u2028\u2029 😀'", 'null'],
};

/*
 * Seen to fail: without the escaping of texts, with moments as PostgreSQL writes them in texts, and with NaN as a number.
 */
describe.each(['UTC', 'Asia/Kolkata', 'America/New_York'])('Columns that Node writes as JSON, in %s', (timezone) => {
  let fixture: Fixture;
  let client: pg.Client;

  beforeAll(async () => {
    fixture = await createFixture();
    client = new pg.Client({ connectionString: fixture.test.serviceUrl, options: `-c timezone=${timezone}` });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await fixture.close();
  });

  /** The columns of `source` as row_to_json writes them, and as Node does. */
  async function written(
    source: string,
    parameters: readonly unknown[] = [],
  ): Promise<{ expected: string; data: string }> {
    const step: Step = {
      name: '',
      text: `select row_to_json(v)::text as expected, v.* from (${source}) v`,
      values: parameters,
      jsonFrom: 1,
    };
    const [result] = await sendInOneRoundTrip(client, [step]);
    return result?.rows[0] as { expected: string; data: string };
  }

  it.each(Object.entries(values))('are those of row_to_json: %s', async (type, own) => {
    const columns = own.map((value, index) => `${value}::${type} as "column ${index}"`);
    const { expected, data } = await written(`select ${columns.join(', ')}`);
    expect(data).toBe(expected);
  });

  it('are those of row_to_json: any text', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 50 }).map((one) => one.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(text, async (one) => {
        const { expected, data } = await written('select $1::text as "of any kind"', [one]);
        expect(data).toBe(expected);
        expect(JSON.parse(data)).toEqual({ 'of any kind': one });
      }),
    );
  });

  it('refuse a type whose text is no JSON, and the connection stays usable', async () => {
    await expect(written('select array[1, 2] as list')).rejects.toThrow('The text of list may be no JSON');
    expect(await written('select 1 as one')).toEqual({ expected: '{"one":1}', data: '{"one":1}' });
  });
});
