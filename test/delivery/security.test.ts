import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isTitle, titlesIn } from './test-titles.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** The rows of the tables that name tests. */
const rows = [...page.matchAll(/^\| (API\d+ .+?|\d+\.\d+\.\d+.*?) \|(.*)\|$/gm)].map(([, item = '', rest = '']) => ({
  item,
  citations: [...rest.matchAll(/`(test\/[\w./-]+)` ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
  ),
}));

/* Seen to fail, naming it: a title with one letter changed, a renamed file, and a row without a test. */
describe('docs/security.md', () => {
  it('has the ten items of OWASP, and items of ASVS', () => {
    const of = (start: RegExp): number => rows.filter(({ item }) => start.test(item)).length;
    expect([of(/^API\d/), of(/^\d/) > 10]).toEqual([10, true]);
  });

  it.each(rows.map(({ item, citations }) => [item, citations] as const))('%s is shown by tests', (_item, citations) => {
    expect(citations.length).toBeGreaterThan(0);
    const missing = citations.filter(
      ({ file, title }) => !titlesIn(join(root, file)).some((one) => isTitle(one, title)),
    );
    expect(missing).toEqual([]);
  });
});
