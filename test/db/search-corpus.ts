import { readFileSync } from 'node:fs';
import type pg from 'pg';

/** What is searched, and the titles that it must find out of all of the corpus. */
export interface SearchCase {
  readonly query: string;
  readonly titles: readonly string[];
}

/** A query whose titles differ from those of its case. */
export interface SearchMismatch {
  readonly query: string;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

export interface SearchCorpus {
  readonly titles: readonly string[];
  readonly cases: readonly SearchCase[];
  /** Queries with a title that they find, or that they do not find. */
  readonly pairs: number;
}

export const searchCorpus = readCorpus(new URL('../fixtures/search/corpus.txt', import.meta.url));

/** Asks every query of the corpus of all of its titles. */
export async function findMismatches(search: (query: string) => Promise<readonly string[]>): Promise<SearchMismatch[]> {
  const mismatches: SearchMismatch[] = [];
  for (const { query, titles } of searchCorpus.cases) {
    const found = await search(query);
    const missing = titles.filter((title) => !found.includes(title));
    const unexpected = found.filter((title) => !titles.includes(title));
    if (missing.length + unexpected.length > 0) mismatches.push({ query, missing, unexpected });
  }
  return mismatches;
}

/** Asks the functions alone, on any server that has them. */
export async function searchWith(client: pg.Client): Promise<(query: string) => Promise<string[]>> {
  await client.query(
    'create temporary table titles as select title, app.search_vector(title) as search from unnest($1::text[]) title',
    [searchCorpus.titles],
  );
  return async (query) => {
    const { rows } = await client.query<{ title: string }>(
      'select title from titles where search @@ app.search_query($1)',
      [query],
    );
    return rows.map(({ title }) => title);
  };
}

/** Reads `test/fixtures/search/corpus.txt`, whose first lines say how it is written. */
function readCorpus(file: URL): SearchCorpus {
  const titles: string[] = [];
  const found = new Map<string, string[]>();
  let pairs = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const title = titles.at(-1) ?? '';
    if (line === '' || line.startsWith('#')) continue;
    if (!/^[+-] /.test(line)) {
      titles.push(line);
      continue;
    }
    const query = line.slice(2);
    const expected = found.get(query) ?? [];
    found.set(query, expected);
    if (line.startsWith('+')) expected.push(title);
    pairs += 1;
  }
  const cases = [...found].map(([query, expected]) => ({ query, titles: expected }));
  return { titles, cases, pairs };
}
