import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isTitle, titlesIn } from './test-titles.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/coverage.md'), 'utf8');

/** The number of items in each document. */
const asked: Record<string, number> = { S0: 80, S1: 89, S2: 297, S3: 135, S4: 122 };
const states = ['met', 'partial', 'open', 'declined'];

interface Row {
  readonly id: string;
  readonly what: string;
  readonly state: string;
  readonly shown: string;
  readonly note: string;
}

interface Citation {
  readonly id: string;
  readonly file: string;
  readonly title: string;
}

const rows: Row[] = [...page.matchAll(/^\| (S\d-\d{3}) \| (.+?) \| (\w+) \| (.*?) ?\| (.*?) ?\|$/gm)].map(
  ([, id = '', what = '', state = '', shown = '', note = '']) => ({ id, what, state, shown, note }),
);
const inState = (...wanted: readonly string[]): Row[] => rows.filter(({ state }) => wanted.includes(state));
const idsOf = (found: readonly Row[]): string[] => found.map(({ id }) => id);

/** The short names of issues, from the table of the page. */
const issues = [...page.matchAll(/^\| _(.+)_ \| (.+) \|$/gm)].map(([, name = '', title = '']) => ({ name, title }));
const issuesIn = (text: string): string[] => [...text.matchAll(/_([A-Z][a-z][^_`]*)_/g)].map(([, name = '']) => name);

const TITLE = String.raw`"(?:[^"\\]|\\.)+"`;
const CITATION = new RegExp(`\`([\\w./-]+)\` (${TITLE}(?:, ${TITLE})*)`, 'g');

const citations: Citation[] = rows.flatMap(({ id, shown }) =>
  [...shown.matchAll(CITATION)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(new RegExp(TITLE, 'g'))].map(([quoted]) => ({
      ...{ id, file },
      title: quoted.slice(1, -1).replace(/\\(.)/g, '$1'),
    })),
  ),
);

/** A path with a folder, or a file at the top. `/api/...` is an endpoint and not a file. */
const FILE =
  /^(\.?[\w][\w.-]*\/[\w./-]+|Dockerfile|\.(gitignore|dockerignore|env\.example)|[\w.-]+\.(md|json|yml|mjs|cjs))$/;

/*
 * Seen to fail, naming the row: a title with one letter changed, a renamed file, a met row without a citation, a
 * partial row that does not say what is missing, and a count off by one.
 */
describe('docs/coverage.md', () => {
  it.each(Object.entries(asked))('%s has all its %d items, each once and in order', (document, count) => {
    const expected = Array.from({ length: count }, (_, n) => `${document}-${String(n + 1).padStart(3, '0')}`);
    expect(idsOf(rows).filter((id) => id.startsWith(document))).toEqual(expected);
  });

  it('gives every item one of the four states', () => {
    expect(idsOf(rows.filter(({ state }) => !states.includes(state)))).toEqual([]);
  });

  it('names a test for every met item', () => {
    const cited = new Set(citations.map(({ id }) => id));
    expect(idsOf(inState('met').filter(({ id }) => !cited.has(id)))).toEqual([]);
  });

  it('has only citations in the column of tests', () => {
    const rest = ({ shown }: Row): string => shown.replace(CITATION, '').replace(/[; ]/g, '');
    expect(idsOf(inState('met', 'partial', 'declined').filter((row) => rest(row) !== ''))).toEqual([]);
  });

  it('names only tests that exist, by file and title', () => {
    const known = new Map<string, string[]>();
    const titles = (file: string): string[] => {
      if (!known.has(file)) known.set(file, titlesIn(join(root, file)));
      return known.get(file)!;
    };
    const runs = ({ file }: Citation): boolean => /\.(test|services)\.ts$/.test(file);
    const exists = (one: Citation): boolean => titles(one.file).some((title) => isTitle(title, one.title));
    expect(citations.filter((one) => !runs(one) || !exists(one))).toEqual([]);
  });

  it('says for every partial item what is missing, with its issue, or that it is declined', () => {
    const isSaid = ({ note }: Row): boolean =>
      /\bmissing: /.test(note) ? issuesIn(note).length > 0 : /\bdeclined: /.test(note);
    expect(idsOf(inState('partial').filter((row) => !isSaid(row)))).toEqual([]);
  });

  it('names the issue of every open item', () => {
    expect(idsOf(inState('open').filter(({ shown }) => issuesIn(shown).length !== 1))).toEqual([]);
  });

  it('gives the reason of every declined item', () => {
    expect(idsOf(inState('declined').filter(({ note }) => note === ''))).toEqual([]);
  });

  it('names only issues of its table', () => {
    const names = new Set(issues.map(({ name }) => name));
    const used = rows.flatMap(({ shown, note, state }) => issuesIn(state === 'open' ? `${shown} ${note}` : note));
    expect(used.filter((name) => !names.has(name))).toEqual([]);
    expect(issues.filter(({ name, title }) => !title.startsWith(name))).toEqual([]);
  });

  it('names only files that exist', () => {
    const named = [...page.matchAll(/`([^`]+)`/g)].map(([, token = '']) => token).filter((token) => FILE.test(token));
    expect([...new Set(named)].filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('has the correct totals', () => {
    const countsOf = (found: readonly Row[]): string =>
      [found.length, ...states.map((state) => found.filter((row) => row.state === state).length)].join(' | ');
    for (const document of Object.keys(asked)) {
      const own = rows.filter(({ id }) => id.startsWith(document));
      expect(page).toMatch(new RegExp(`^\\| ${document} \\| .+ \\| ${countsOf(own).replaceAll('|', '\\|')} \\|$`, 'm'));
    }
    expect(page).toContain(`| | together | ${countsOf(rows)} |`);
  });
});

describe('titles of tests', () => {
  it('are found in every form that the suite uses', () => {
    const titles = titlesIn(join(root, 'test/invariants/instances.test.ts'));
    expect(titles).toContain('${count} instances > give a task to one agent alone');
    expect(titlesIn(join(root, 'test/db/document.test.ts'))).toContain('the schema of the design document > has %s');
  });

  it('match exactly what Jest prints for them', () => {
    expect(isTitle('x > has %s', 'x > has tasks.id')).toBe(true);
    expect(isTitle('x > has %s', 'x > has %s')).toBe(true);
    expect(isTitle('${count} instances > share', '3 instances > share')).toBe(true);
    expect(isTitle('x > has %s', 'x > had tasks.id')).toBe(false);
    expect(isTitle('x > is (1.5)', 'x > is (1x5)')).toBe(false);
  });
});
