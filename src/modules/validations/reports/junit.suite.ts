import type { FoundFinding } from '../finding.rules.js';
import type { JunitCase } from './junit.case.js';
import type { Attributes, Claims } from './junit.values.js';
import { outcomeOfStatus } from './junit.values.js';
import { cut, ruleName } from './report.model.js';

const VALUE_MAX = 1_000;
/** Findings for failures that a suite counts and does not list. The count itself has no limit. */
const UNLISTED_MAX = 1_000;

/** What tests came to. `passed` includes the flaky ones, which passed in the end. */
export interface Counts {
  tests: number;
  passed: number;
  failures: number;
  errors: number;
  skipped: number;
  flaky: number;
  warnings: number;
}

const NONE: Counts = { tests: 0, passed: 0, failures: 0, errors: 0, skipped: 0, flaky: 0, warnings: 0 };

export function sumOf(all: readonly Counts[]): Counts {
  const sum = { ...NONE };
  for (const one of all) for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += one[name];
  return sum;
}

/** One suite, or the list of suites at the root of the file: its own tests, and its suites inside. */
export class JunitSuite {
  readonly name: string;
  readonly file: string | undefined;
  readonly properties: Record<string, string> = {};
  readonly own: Counts = { ...NONE };
  /** Those of the whole file, in its order. */
  readonly findings: FoundFinding[];
  /** The sum of the times of its own test cases; null if one of them cannot be read. */
  caseSeconds: number | null = 0;
  readonly inner: JunitSuite[] = [];
  #closed: Counts | null = null;
  readonly #failed = new Map<string, FoundFinding[][]>();
  readonly #retried: FoundFinding[][] = [];

  constructor(
    readonly attributes: Attributes,
    readonly outer: JunitSuite | null,
    readonly isSuite: boolean,
    readonly seconds: number | null,
    readonly claims: Claims,
  ) {
    this.name = attributes.name ?? '';
    this.file = attributes.file ?? attributes.filepath ?? outer?.file;
    this.findings = outer?.findings ?? [];
    outer?.inner.push(this);
  }

  /** Adds a test that has ended, or with `isTest` false an error of the suite itself, such as one of its set-up. */
  add(test: JunitCase, isTest: boolean): void {
    const { outcome } = test;
    const findings = test.findings();
    this.findings.push(...findings);
    if (isTest) this.own.tests += 1;
    if (outcome === 'error') this.own.errors += 1;
    else if (outcome === 'failure') this.own.failures += 1;
    else if (outcome === 'skipped') this.own.skipped += 1;
    else if (isTest) this.own.passed += 1;
    if (outcome === 'flaky') this.own.flaky += 1;
    if (outcome === 'warning') this.own.warnings += 1;
    if (isTest) this.#noteRetry(test.id, outcome, findings);
  }

  /** Completes the counts once the suite has been read. */
  close(): void {
    this.#settleRetries();
    const listed = this.total();
    const unlisted = Math.max(0, this.#claimedFailed() - listed.failures - listed.errors);
    const errors = Math.min(unlisted, Math.max(0, (this.claims.errors ?? 0) - listed.errors));
    this.own.errors += errors;
    this.own.failures += unlisted - errors;
    this.own.tests += Math.max(0, (this.claims.tests ?? 0) - listed.tests);
    this.own.skipped += Math.max(0, Math.min((this.claims.skipped ?? 0) - listed.skipped, this.#notReported()));
    for (let nth = 0; nth < Math.min(unlisted, UNLISTED_MAX); nth += 1) this.findings.push(this.#unlistedFinding());
    this.#noteStatus();
    this.#closed = this.total();
  }

  /** What it and its suites inside came to. */
  total(): Counts {
    return this.#closed ?? sumOf([this.own, ...this.inner.map((suite) => suite.total())]);
  }

  #claimedFailed(): number {
    return (this.claims.failures ?? 0) + (this.claims.errors ?? 0);
  }

  #notReported(): number {
    const { tests, passed, failures, errors, skipped } = this.total();
    return Math.max(0, tests - passed - failures - errors - skipped);
  }

  #noteRetry(id: string, outcome: string | null, findings: FoundFinding[]): void {
    const before = this.#failed.get(id) ?? [];
    if (outcome === 'error' || outcome === 'failure') this.#failed.set(id, [...before, findings]);
    else if (outcome === null && before.length > 0) {
      this.#retried.push(...before);
      this.#failed.delete(id);
    }
  }

  /**
   * Some tools list each attempt of a retried test. Two tests of one name look the same, so a failure counts as an attempt
   * only if the counts of the suite leave out exactly those that passed later.
   */
  #settleRetries(): void {
    const { tests, failures, errors } = this.own;
    const retries = this.#retried.length;
    const isCounted = this.inner.length === 0 && this.claims.failures !== null;
    if (retries === 0 || !isCounted || this.claims.tests !== tests - retries) return;
    if (this.#claimedFailed() !== failures + errors - retries) return;
    for (const findings of this.#retried) {
      const isError = findings.some(({ details }) => details?.['kind'] === 'error');
      this.own[isError ? 'errors' : 'failures'] -= 1;
      for (const finding of findings) {
        Object.assign(finding, { severity: 'warning', details: { ...finding.details, kind: 'flaky' } });
      }
    }
    this.own.tests -= retries;
    this.own.flaky += retries;
  }

  #noteStatus(): void {
    const said = outcomeOfStatus(this.attributes);
    const { failures, errors } = this.total();
    if ((said !== 'error' && said !== 'failure') || failures + errors > 0) return;
    this.own.errors += 1;
    this.findings.push(this.#findingOf('The suite did not end well, and lists no test that failed.'));
  }

  #unlistedFinding(): FoundFinding {
    return this.#findingOf('A failure is counted, and no test is listed for it.');
  }

  #findingOf(message: string): FoundFinding {
    return {
      rule: ruleName(this.name),
      file: this.file === undefined || this.file === '' ? null : cut(this.file, VALUE_MAX),
      severity: 'error',
      message,
      partialFingerprints: { kind: 'unlisted', suite: this.name },
      details: { kind: 'unlisted', suite: cut(this.name, VALUE_MAX) },
    };
  }

  /** Its own counts and what else it says of itself. */
  summary(): object {
    const { timestamp, hostname, package: packageName } = this.attributes;
    const given = Object.entries({ timestamp, hostname, package: packageName }).flatMap(
      ([key, value]): [string, string][] => (value === undefined ? [] : [[key, cut(value, VALUE_MAX)]]),
    );
    const { tests, failures, errors, skipped, flaky } = this.own;
    return {
      ...{ name: cut(this.name, VALUE_MAX), tests, failures, errors, skipped, flaky, seconds: this.seconds },
      ...Object.fromEntries(given),
      ...(Object.keys(this.properties).length > 0 ? { properties: this.properties } : {}),
    };
  }
}
