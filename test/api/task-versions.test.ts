import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ABSENT, TaskSuite } from './task-suite.js';

/**
 * ETag, If-Match and If-None-Match.
 * Seen to fail: without `and ($1::int is null or t.version = $1)` in the update or the deletion.
 */
let suite: TaskSuite;

beforeAll(async () => {
  suite = await TaskSuite.start();
});

afterAll(() => suite.app.close());

describe('the version of a task', () => {
  it.each([
    ['none', undefined, 200],
    ['the current one', '"2"', 200],
    ['any', '*', 200],
    ['an older one', '"1"', 412],
    ['a newer one', '"3"', 412],
    ['a weak one', 'W/"2"', 412],
    ['the current one of a list', '"1", ,"2"', 200],
    ['older ones of a list', '"1","9"', 412],
    ['a list with the current one made weak', 'W/"2", "1"', 412],
    ['one of a proxy', '"2-gzip"', 412],
    ['one with a comma, and the current one', '"a,b", "2"', 200],
    ['one with leading zeros', '"02"', 412],
    ['a number beyond all versions', '"99999999999999999999"', 412],
    ['one without quotes', '2', 400],
    ['one that does not end', '"2', 400],
    ['a weak one in lower case', 'w/"2"', 400],
    ['nothing', '', 400],
    ['any among others', '*, "2"', 400],
    ['two without a comma', '"1" "2"', 400],
  ])('is checked with If-Match: %s', async (_, header, expected) => {
    const calls: [string, string, unknown][] = [
      ['PATCH', '', { title: 'y' }],
      ['PUT', '', { title: 'y' }],
      ['POST', '/complete', undefined],
      ['PATCH', '/complete', undefined],
      ['DELETE', '', undefined],
    ];
    for (const [method, path, body] of calls) {
      const { id } = await suite.create();
      await suite.client.patch(`/tasks/${id}`, { title: 'x' });
      const guarded = header === undefined ? suite.client : suite.client.with({ 'if-match': header });
      const { status, headers } = await guarded.call(method, `/tasks/${id}${path}`, body);
      expect([method, status]).toEqual([method, method === 'DELETE' && expected === 200 ? 204 : expected]);
      if (status === 412) expect(headers.get('etag')).toBe('"2"');
      if (status === 200) expect(headers.get('etag')).toBe('"3"');
    }
  });

  it('gives the same answer for an absent and a foreign task', async () => {
    const { id } = await suite.create();
    const guarded = suite.asBob.with({ 'if-match': '"1"' });
    expect((await guarded.patch(`/tasks/${id}`, { title: 'x' })).status).toBe(404);
    expect((await guarded.patch(`/tasks/${ABSENT}`, { title: 'x' })).status).toBe(404);
  });

  it.each([
    ['"1"', 304],
    ['W/"1"', 304],
    ['"0", "1"', 304],
    ['*', 304],
    ['"2"', 200],
    ['1', 200],
    ['', 200],
  ])('gives 304 with If-None-Match: %s', async (header, status) => {
    const { id } = await suite.create();
    const reply = await suite.client.with({ 'if-none-match': header }).get(`/tasks/${id}`);
    expect([reply.status, reply.headers.get('etag'), reply.text === '']).toEqual([status, '"1"', status === 304]);
  });
});

// Seen to fail: with the pagination missing from the tag, and with the tag computed from the whole envelope.
describe('the tag of a list', () => {
  it('answers 304 until something in the page or around it changes', async () => {
    const { id } = await suite.create();
    const page = '/tasks?limit=1';
    const first = await suite.client.get(page);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"[\w-]{43}"$/);
    const known = suite.client.with({ 'if-none-match': tag });
    const again = await known.get(page);
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);

    await suite.client.patch(`/tasks/${id}`, { title: 'another' });
    expect((await known.get(page)).status).toBe(200);
  });

  it('depends on what its reader may see', async () => {
    await suite.create();
    const tag = (await suite.client.get('/tasks')).headers.get('etag') ?? '';
    const other = await suite.asBob.with({ 'if-none-match': tag }).get('/tasks');
    expect(other.status).toBe(200);
  });
});
