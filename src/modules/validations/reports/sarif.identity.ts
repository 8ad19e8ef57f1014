import type { Problems } from './problems.js';
import type { Json } from './sarif.model.js';
import { objectOf } from './sarif.model.js';

export type Identity = Readonly<Record<string, string>>;

/** What tools write where they have no fingerprint, such as `requires login` by Semgrep without an account. */
const PLACEHOLDER = /^$|\s|^(null|undefined|none|unknown|n\/?a|nan|todo|0+|-+)$/i;

function partsOf(value: unknown, path: string, problems: Problems): Identity | null {
  const parts = Object.entries(objectOf(value)).flatMap(([name, part]): [string, string][] => {
    if (typeof part === 'string') return PLACEHOLDER.test(part.trim()) ? [] : [[name, part]];
    problems.setAside(`${path}.${name}`, 'must be a text');
    return [];
  });
  return parts.length === 0 ? null : Object.fromEntries(parts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The identity that the tool gives each result of a run: `fingerprints`, or else `partialFingerprints`. One that several
 * results share tells none from the other, and is passed over.
 */
export function identitiesOf(
  results: readonly Json[],
  path: string,
  problems: Problems,
): readonly (Identity | undefined)[] {
  const candidates = results.map((result, index) =>
    ['fingerprints', 'partialFingerprints'].map((name) =>
      partsOf(result[name], `${path}.results[${index}].${name}`, problems),
    ),
  );
  const counts = new Map<string, number>();
  const keyOf = (identity: Identity): string => JSON.stringify(identity);
  for (const identity of candidates.flat()) {
    if (identity) counts.set(keyOf(identity), (counts.get(keyOf(identity)) ?? 0) + 1);
  }
  return candidates.map((given) => given.find((one) => one && counts.get(keyOf(one)) === 1) ?? undefined);
}
