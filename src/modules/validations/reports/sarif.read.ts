import { JsonWalker } from './json-walker.js';
import { Problems, unreadable } from './problems.js';
import type { Report } from './report.model.js';
import type { Json, SarifRun } from './sarif.model.js';
import { at, isGiven, listOf, objectOf, textOf } from './sarif.model.js';
import { reportOf } from './sarif.report.js';

const NO_RESULTS = 'The run has no list of results: the tool did not get as far.';
const ELSEWHERE = 'Results of the run are in another file, or in another part of this one.';

interface Log {
  readonly runs: SarifRun[];
  version: unknown;
  hasRuns: boolean;
  /** Whether results lie outside of the runs (3.13.5). */
  hasInlineResults: boolean;
}

/** Reads the runs of a SARIF 2.1.0 file, one report each. @throws Fault MALFORMED_BODY, VALIDATION_FAILED */
export function* readSarif(text: string, problems = new Problems()): Generator<void, Report[]> {
  if (text.trim() === '') throw unreadable('The file is empty.');
  const walker = new JsonWalker(text.trimStart(), (place) => {
    problems.setAside(place, 'is a character that JSON does not allow; it is kept as it is');
  });
  if (walker.next() !== 'object') throw unreadable('A SARIF file is a JSON object with version and runs.');
  const log: Log = { runs: [], version: undefined, hasRuns: false, hasInlineResults: false };
  for (const key of walker.members()) {
    yield* readMember(walker, key, log, problems);
    yield;
  }
  walker.end();
  if (log.version === undefined) problems.refuse('version', 'is missing; it must be 2.1.0');
  else if (!/^2\.1\.0(-|$)/.test(textOf(log.version) ?? '')) problems.refuse('version', 'must be 2.1.0');
  if (!log.hasRuns) problems.refuse('runs', 'must be a list of runs');
  else if (log.runs.length === 0) problems.refuse('runs', 'is empty: there is nothing to import');
  problems.refuseIfAny();
  const reports: Report[] = [];
  for (const run of log.runs) {
    const gap = run.gap ?? (log.hasInlineResults ? ELSEWHERE : null);
    reports.push(yield* reportOf({ ...run, gap }, problems));
  }
  return reports;
}

function* readMember(walker: JsonWalker, key: string, log: Log, problems: Problems): Generator<void> {
  if (key === 'runs' && walker.next() === 'array') {
    log.hasRuns = true;
    for (const _ of walker.items()) log.runs.push(yield* readRun(walker, `runs[${log.runs.length}]`, problems));
  } else if (key === 'version') log.version = walker.value();
  else if (key === 'inlineExternalProperties') {
    log.hasInlineResults = listOf(walker.value()).some((one) => listOf(at(one, 'results')).length > 0);
  } else walker.value();
}

/** Reads a run without its results into `members`. */
function* readRun(walker: JsonWalker, path: string, problems: Problems): Generator<void, SarifRun> {
  const members: Record<string, unknown> = {};
  const results: Json[] = [];
  const seen = { lists: 0, others: 0, unread: 0 };
  if (walker.next() !== 'object') {
    walker.value();
    problems.refuse(path, 'must be an object');
    return { path, members, results, gap: null };
  }
  for (const key of walker.members()) {
    if (key === 'results' && walker.next() === 'array') {
      seen.lists += 1;
      for (const index of walker.items()) {
        const result = walker.value();
        if (isObject(result)) results.push(result);
        else {
          seen.unread += 1;
          problems.setAside(`${path}.results[${index}]`, 'must be an object');
        }
        yield;
      }
    } else if (key === 'results') {
      seen.others += 1;
      walker.value();
    } else if (key === '__proto__') walker.value();
    else members[key] = walker.value();
    yield;
  }
  return { path, members, results, gap: gapOf(members, seen) };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Only a list says what was found (3.14.23): an empty one that it was nothing, and its absence that the tool did not get
 * as far.
 */
function gapOf(members: Json, seen: { lists: number; others: number; unread: number }): string | null {
  if (isGiven(objectOf(members.externalPropertyFileReferences).results)) return ELSEWHERE;
  if (seen.lists === 0 || seen.others > 0) return NO_RESULTS;
  return seen.unread > 0 ? `${seen.unread} results cannot be read.` : null;
}
