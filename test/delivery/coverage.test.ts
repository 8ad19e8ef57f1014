import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/coverage.md'), 'utf8');

/** How many things each document asks for. */
const asked: Record<string, number> = { S0: 80, S1: 89, S2: 297, S3: 135, S4: 122 };
const parts = ['domain', 'live', 'accounts and edge', 'on-call', 'agents over MCP', 'work engine', 'console'];

interface Row {
  readonly id: string;
  readonly what: string;
  readonly where: string;
  readonly decision: string;
}

const rows: Row[] = [...page.matchAll(/^\| (S\d-\d{3}) \| (.+?) \| (.*?) \| (.*?) ?\|$/gm)].map(
  ([, id, what, where, decision]) => ({ id: id!, what: what!, where: where!, decision: decision! }),
);
const isPlanned = (row: Row): boolean => row.where.startsWith('planned: ');

/** A path with a folder, or a file that lies at the top. `/api/...` is an endpoint and not a file. */
const FILE =
  /^(\.?[\w][\w.-]*\/[\w./-]+|Dockerfile|\.(gitignore|dockerignore|env\.example)|[\w.-]+\.(md|json|yml|mjs|cjs))$/;

function filesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, token]) => token!).filter((token) => FILE.test(token));
}

describe('docs/coverage.md', () => {
  it.each(Object.entries(asked))('%s has all its %d items, each once and in order', (document, count) => {
    const found = rows.filter((row) => row.id.startsWith(document)).map((row) => row.id);
    const expected = Array.from({ length: count }, (_, n) => `${document}-${String(n + 1).padStart(3, '0')}`);
    expect(found).toEqual(expected);
  });

  it('says for each item what is asked and where it is met', () => {
    expect(rows.filter((row) => row.what === '' || row.where === '').map((row) => row.id)).toEqual([]);
  });

  it('names a known part for what is planned', () => {
    const part = new RegExp(`^planned: (${parts.join('|')})( \\(.+\\))?$`);
    expect(rows.filter((row) => isPlanned(row) && !part.test(row.where)).map((row) => row.id)).toEqual([]);
  });

  it('names only files that exist', () => {
    const named = new Set(filesIn(page));
    expect([...named].filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('names a file for everything that is met', () => {
    expect(rows.filter((row) => !isPlanned(row) && filesIn(row.where).length === 0).map((row) => row.id)).toEqual([]);
  });

  it('names a test, a measurement or a page for people beside everything of the main document that is met', () => {
    const shown = /^(test\/|bench\/|\.ci\/|src\/.+\.test\.ts$)/;
    const pages = ['S2-228', 'S2-249', 'S2-293', 'S2-297'];
    const met = rows.filter((row) => row.id.startsWith('S2') && !isPlanned(row) && !pages.includes(row.id));
    expect(met.filter((row) => !filesIn(row.where).some((file) => shown.test(file))).map((row) => row.id)).toEqual([]);
  });

  it('counts itself right', () => {
    for (const document of Object.keys(asked)) {
      const own = rows.filter((row) => row.id.startsWith(document));
      const planned = own.filter(isPlanned).length;
      const counts = new RegExp(
        `^\\| ${document} \\| .+ \\| ${own.length} \\| ${own.length - planned} \\| ${planned} \\|$`,
        'm',
      );
      expect(page).toMatch(counts);
    }
  });
});
