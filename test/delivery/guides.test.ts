import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/*
 * Every guide ends with its version, its last update and its next review, so that a stale page is recognizable.
 * Seen to fail, naming the guide: a missing line, an invalid date, a review before the update and the version of
 * another release.
 */
const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const guides = [
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['CONTRIBUTING.md', 'cloudflared/README.md', 'deploy/README.md', 'monitoring/README.md'],
];

const FOOTER = /^_Version (\S+) · last updated (\S+) · next review (\S+)_$/;

/** A calendar date; `new Date` alone turns 30 February into 2 March. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

describe('a guide', () => {
  it.each(guides)('names its version, its last update and its next review: %s', (guide) => {
    const [, version, updated = '', review = ''] = FOOTER.exec(read(guide).trimEnd().split('\n').at(-1) ?? '') ?? [];
    expect(version).toBe((JSON.parse(read('package.json')) as { version: string }).version);
    expect([updated, review].map(isDate)).toEqual([true, true]);
    expect(review > updated).toBe(true);
  });
});

describe('the guide of operators', () => {
  it('names its contacts: technical lead, operations and security', () => {
    const [, contacts = ''] = /^## Contacts$(.+)/ms.exec(read('deploy/README.md')) ?? [];
    for (const who of ['technical-lead', 'devops', 'security']) expect(contacts).toContain(`${who}@taskmaster.com`);
  });
});
