/** The rows that a verb is tested on: own, a mate's in the same tenant, another tenant's, and an absent one. */
const ROWS = ['own', 'mate', 'foreign', 'absent'];

/** The result of PostgreSQL, by the number of affected rows or by SQLSTATE. */
const WORDS: Readonly<Record<string, string>> = {
  '1': 'done',
  '0': 'unseen',
  // Missing privilege, or a policy's check.
  '42501': 'denied',
  '25006': 'read-only',
  '28000': 'no session',
  // Not supported under row-level security or, for truncate, on audited tables.
  '0A000': 'unsupported',
  // The row would reference another tenant.
  '23503': 'foreign key',
  '23505': 'duplicate',
  // A team without an owner.
  '23514': 'check',
  '42809': 'wrong kind',
  '57014': 'cancelled',
};

export const wordOf = (answer: string): string => WORDS[answer] ?? answer;

/** `done: own, mate; unseen: foreign, absent` for the answers on the four rows, in their order. */
export function onRows(answers: readonly string[]): string {
  const rowsOf = new Map<string, string[]>();
  for (const [i, answer] of answers.entries()) {
    const word = wordOf(answer);
    rowsOf.set(word, [...(rowsOf.get(word) ?? []), ROWS[i] ?? String(i)]);
  }
  return [...rowsOf]
    .map(([word, rows]) => `${word}: ${rows.length === ROWS.length ? 'every row' : rows.join(', ')}`)
    .join('; ');
}
