import { actorNames } from './actors.js';
import { rowVerbs, verbs } from './cells.js';
import type { Verb } from './cells.js';
import { onRows, wordOf } from './answers.js';
import type { Expectation } from './notation.js';
import type { Outcomes } from './run.js';

/** Expands the expectations to one outcome for every actor, verb and table. */
export function expand(expected: Record<string, Expectation>): Outcomes {
  return Object.fromEntries(
    Object.entries(expected).map(([table, block]) => [
      table,
      Object.fromEntries(verbs.map((verb) => [verb, line(table, verb, block[verb] ?? {})])),
    ]),
  );
}

function line(table: string, verb: Verb, named: Record<string, string>): Record<string, string> {
  const outcomes = Object.fromEntries(actorNames.map((actor) => [actor, refused(verb, actor)]));
  const seen = new Set<string>();
  for (const [outcome, actors] of Object.entries(named)) {
    for (const actor of actors.split(' ').filter((name) => name !== '')) {
      if (!(actor in outcomes) || seen.has(actor))
        throw new Error(`${table} ${verb}: ${actor} is unknown or named twice`);
      seen.add(actor);
      outcomes[actor] = outcome;
    }
  }
  return outcomes;
}

function refused(verb: Verb, actor: string): string {
  // PostgreSQL checks the transaction before the grants, except for COPY.
  const stopped = actor === 'reader' && !['select', 'copyTo', 'copyFrom'].includes(verb);
  const code = stopped ? '25006' : '42501';
  return (rowVerbs as readonly string[]).includes(verb) ? onRows(Array<string>(4).fill(code)) : wordOf(code);
}
