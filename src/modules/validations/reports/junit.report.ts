import type { ValidationStatus } from '../validation.values.js';
import type { Counts, JunitSuite } from './junit.suite.js';
import { sumOf } from './junit.suite.js';
import type { Problems } from './problems.js';
import type { Report } from './report.model.js';
import { INTEGER_MAX, cut } from './report.model.js';
import { isoOf } from './report.times.js';

const SUITES_MAX = 1_000;
const HOSTS_MAX = 100;
const TOOL_MAX = 255;
const VALUE_MAX = 1_000;

/** What a file says. */
export interface JunitContent {
  readonly rootName: string | null;
  /** All suites in the order of the file; the list of suites at its root is one as well. */
  readonly suites: readonly JunitSuite[];
  /** The earliest time stamp of a suite; infinite if there is none. */
  readonly earliest: number;
  /** Whether a count could not be read, so that nobody knows how many tests failed. */
  readonly isUncounted: boolean;
  readonly problems: Problems;
}

/**
 * What distinguishes the reports of one type: a gate judges the latest of each. Go packages and Surefire's classes have a
 * file each, and their root often has no name; a failure of one must not be replaced by the next one.
 */
function nameOf({ rootName, suites }: JunitContent): string {
  if (rootName) return rootName;
  const [only, ...others] = suites.filter(({ isSuite, outer }) => isSuite && outer?.isSuite !== true);
  return others.length > 0 ? '' : (only?.name ?? '');
}

/** The report of a file that has been read. */
export function reportOf(reader: JunitContent): Report {
  const { suites, problems } = reader;
  const counts = sumOf(suites.map(({ own }) => own));
  const ran = counts.passed + counts.failures + counts.errors;
  const notReported = Math.max(0, counts.tests - ran - counts.skipped);
  const executionTimeMs = durationOf(reader);
  const start = Number.isFinite(reader.earliest) ? reader.earliest : null;
  const name = nameOf(reader);
  const { warnings: _warnings, ...told } = counts;
  return {
    validationStatus: statusOf(counts, ran, { isUncounted: reader.isUncounted, isDoubtful: notReported > 0 }),
    validationScore: ran === 0 ? null : Math.floor((counts.passed / ran) * 10_000) / 100,
    validationData: {
      format: 'junit',
      name: cut(name, VALUE_MAX),
      ...told,
      ...(notReported > 0 ? { notReported } : {}),
      suites: suites
        .filter(({ isSuite, own }) => isSuite || own.tests > 0)
        .slice(0, SUITES_MAX)
        .map((suite) => suite.summary()),
      ...(problems.list.length > 0 ? { setAside: problems.list } : {}),
    },
    validationEnvironment: environmentOf(suites),
    toolName: cut(`JUnit ${name}`.trim(), TOOL_MAX),
    ...{ guid: null, commitSha: null, branch: null, errorMessage: null },
    startedAt: start === null ? null : isoOf(start),
    completedAt: start === null || executionTimeMs === null ? null : isoOf(start, executionTimeMs),
    executionTimeMs,
    findings: suites[0]?.findings ?? [],
  };
}

interface Doubts {
  /** The file has a number of tests, failures or errors that cannot be read. */
  readonly isUncounted: boolean;
  /** More tests are counted than listed. Catch2 counts assertions, so that this alone does not close a gate. */
  readonly isDoubtful: boolean;
}

/** Tests that did not run prove nothing, and tests that passed only at the second attempt are worth a warning. */
function statusOf(counts: Counts, ran: number, { isUncounted, isDoubtful }: Doubts): ValidationStatus {
  if (counts.failures + counts.errors > 0) return 'failed';
  if (isUncounted) return 'error';
  if (ran === 0) return 'skipped';
  return counts.flaky + counts.warnings > 0 || isDoubtful ? 'warning' : 'passed';
}

/** The duration in the file, or the sum of the outermost suites, or the sum of the test cases. */
function durationOf({ suites, problems }: JunitContent): number | null {
  const isTimed = suites.some(({ seconds, caseSeconds }) => seconds !== null || caseSeconds !== 0);
  const roots = suites.filter(({ outer }) => outer === null);
  const times = isTimed ? roots.map(secondsOf) : [];
  if (times.length === 0 || times.includes(null)) return null;
  const milliseconds = Math.round(times.reduce<number>((sum, time) => sum + (time ?? 0), 0) * 1_000);
  if (milliseconds <= INTEGER_MAX) return milliseconds;
  problems.setAside('time', 'is more than the 24 days that can be stored');
  return null;
}

/** What a suite says it took, or else what its suites and its own tests took; null if one of them is not known. */
function secondsOf({ seconds, caseSeconds, inner }: JunitSuite): number | null {
  if (seconds !== null) return seconds;
  const times = inner.map(secondsOf);
  if (caseSeconds === null || times.includes(null)) return null;
  return times.reduce<number>((sum, time) => sum + (time ?? 0), caseSeconds);
}

function environmentOf(suites: readonly JunitSuite[]): Record<string, unknown> {
  const hosts = [
    ...new Set(suites.flatMap(({ attributes: { hostname } }) => (hostname ? [cut(hostname, VALUE_MAX)] : []))),
  ];
  return hosts.length > 0 ? { hostnames: hosts.slice(0, HOSTS_MAX) } : {};
}
