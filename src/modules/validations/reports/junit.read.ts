import type { FoundFinding } from '../finding.rules.js';
import type { ValidationStatus } from '../validation.values.js';
import { JunitCase } from './junit.case.js';
import { Problems } from './problems.js';
import type { Report } from './report.model.js';
import { INTEGER_MAX, cut } from './report.model.js';
import type { XmlElement, XmlVisitor } from './xml-reader.js';
import { readXml } from './xml-reader.js';

const SUITES_MAX = 1_000;
const TOOL_MAX = 255;
const PROPERTIES_MAX = 100;
const VALUE_MAX = 1_000;
const OUTCOMES = new Set(['failure', 'error', 'skipped']);
const OUTPUTS = new Set(['system-out', 'system-err']);

/** One suite: its name, counts and times. */
interface Suite {
  readonly name: string;
  readonly file: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly properties: Record<string, string>;
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  readonly seconds: number | null;
  /** The sum of the times of its own test cases. */
  caseSeconds: number;
  /** Not nested in another suite, so its time is part of the total. */
  readonly isRoot: boolean;
}

function newSuite(
  attributes: Readonly<Record<string, string>>,
  outer: string | undefined,
  seconds: number | null,
  isRoot: boolean,
): Suite {
  return {
    ...{ name: attributes.name ?? '', file: attributes.file ?? attributes.filepath ?? outer, attributes },
    ...{ properties: {}, tests: 0, failures: 0, errors: 0, skipped: 0, seconds, caseSeconds: 0, isRoot },
  };
}

/** Builds the report of a JUnit file while it is being read. Of a passed test, only the count is kept. */
class JunitReader implements XmlVisitor {
  readonly problems = new Problems();
  readonly findings: FoundFinding[] = [];
  readonly suites: Suite[] = [];
  root: XmlElement | null = null;
  rootSeconds: number | null = null;
  earliest = Infinity;
  #open: Suite[] = [];
  #loose: Suite | null = null;
  #case: JunitCase | null = null;
  #text: string[] | null = null;

  open(element: XmlElement, path: string): void {
    const { name, attributes } = element;
    if (this.root === null) {
      this.root = element;
      if (name !== 'testsuites' && name !== 'testsuite') {
        this.problems.add(path, 'the root element must be testsuites or testsuite');
      } else if (name === 'testsuites') this.rootSeconds = this.#seconds(attributes, path);
    }
    if (name === 'testsuite') this.#openSuite(element, path);
    else if (name === 'testcase') this.#openCase(element, path);
    else if (name === 'property' && this.#case === null) this.#property(attributes);
    else if (this.#case !== null && (OUTCOMES.has(name) || OUTPUTS.has(name))) {
      if (OUTCOMES.has(name)) this.#case.begin(name, attributes);
      this.#text = [];
    }
  }

  text(text: string): void {
    this.#text?.push(text);
  }

  close(name: string): void {
    if (name === 'testsuite') this.#open.pop();
    if (this.#case === null) return;
    if (name === 'testcase') this.#closeCase(this.#case);
    else if (this.#text !== null && (OUTCOMES.has(name) || OUTPUTS.has(name))) {
      this.#case.endElement(name, this.#text.join(''));
      this.#text = null;
    }
  }

  #openSuite({ attributes }: XmlElement, path: string): void {
    const isRoot = this.#open.length === 0;
    const suite = newSuite(attributes, this.#open.at(-1)?.file, this.#seconds(attributes, path), isRoot);
    this.suites.push(suite);
    this.#open.push(suite);
    // Most tools write no time zone, and those that do not mean UTC give no hint. Such a time is read as UTC.
    const { timestamp = '' } = attributes;
    const time = Date.parse(/\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(timestamp) ? `${timestamp}Z` : timestamp);
    if (!Number.isNaN(time)) this.earliest = Math.min(this.earliest, time);
  }

  /** The suite of the next test case. The test runner of Node.js writes test cases outside of any suite. */
  #suite(): Suite {
    const open = this.#open.at(-1) ?? this.#loose;
    if (open !== null) return open;
    this.#loose = newSuite({ name: '' }, undefined, null, true);
    this.suites.push(this.#loose);
    return this.#loose;
  }

  #openCase({ attributes }: XmlElement, path: string): void {
    if (attributes.name === undefined) this.problems.add(`${path}.name`, 'is missing: a test needs a name');
    const suite = this.#suite();
    const seconds = this.#seconds(attributes, path);
    suite.caseSeconds += seconds ?? 0;
    this.#case = new JunitCase(attributes, suite.name, suite.file, seconds);
  }

  #closeCase(test: JunitCase): void {
    const suite = this.#suite();
    suite.tests += 1;
    if (test.outcome === 'error') suite.errors += 1;
    else if (test.outcome === 'failure') suite.failures += 1;
    else if (test.outcome === 'skipped') suite.skipped += 1;
    this.findings.push(...test.findings());
    this.#case = null;
    this.#text = null;
  }

  #property({ name, value }: Readonly<Record<string, string>>): void {
    const properties = this.#open.at(-1)?.properties;
    if (properties === undefined || name === undefined || Object.keys(properties).length >= PROPERTIES_MAX) return;
    properties[cut(name, VALUE_MAX)] = cut(value ?? '', VALUE_MAX);
  }

  /** Some tools use commas as thousands separators. */
  #seconds({ time }: Readonly<Record<string, string>>, path: string): number | null {
    if (time === undefined || time.trim() === '') return null;
    const seconds = Number(time.replaceAll(',', ''));
    if (Number.isFinite(seconds) && seconds >= 0) return seconds;
    this.problems.add(`${path}.time`, 'must be a number of seconds');
    return null;
  }
}

/** Reads the report of a JUnit XML file. @throws Fault MALFORMED_BODY, VALIDATION_FAILED */
export function* readJunit(text: string): Generator<void, Report[]> {
  const reader = new JunitReader();
  yield* readXml(text, reader);
  reader.problems.refuseIfAny();
  const sum = (of: (suite: Suite) => number): number => reader.suites.reduce((total, suite) => total + of(suite), 0);
  const counts = {
    tests: sum(({ tests }) => tests),
    failures: sum(({ failures }) => failures),
    errors: sum(({ errors }) => errors),
    skipped: sum(({ skipped }) => skipped),
  };
  const ran = counts.tests - counts.skipped;
  const passed = ran - counts.failures - counts.errors;
  const executionTimeMs = durationOf(reader);
  const startedAt = Number.isFinite(reader.earliest) ? new Date(reader.earliest) : null;
  const root = reader.root?.attributes.name ?? '';
  return [
    {
      validationStatus: statusOf(ran, passed),
      validationScore: ran === 0 ? null : Math.floor((passed / ran) * 10_000) / 100,
      validationData: {
        format: 'junit',
        name: cut(root, VALUE_MAX),
        ...counts,
        passed,
        suites: reader.suites.slice(0, SUITES_MAX).map(summaryOf),
      },
      validationEnvironment: environmentOf(reader.suites),
      toolName: cut(`JUnit ${root}`.trim(), TOOL_MAX),
      ...{ guid: null, commitSha: null, branch: null, errorMessage: null },
      startedAt: startedAt?.toISOString() ?? null,
      completedAt:
        startedAt && executionTimeMs !== null ? new Date(startedAt.getTime() + executionTimeMs).toISOString() : null,
      executionTimeMs,
      findings: reader.findings,
    },
  ];
}

function statusOf(ran: number, passed: number): ValidationStatus {
  if (ran === 0) return 'skipped';
  return passed === ran ? 'passed' : 'failed';
}

/** The duration in the file, or the sum of the outermost suites, or the sum of the test cases. */
function durationOf({ rootSeconds, suites }: JunitReader): number | null {
  const isTimed = suites.some(({ seconds, caseSeconds }) => seconds !== null || caseSeconds > 0);
  if (rootSeconds === null && !isTimed) return null;
  const roots = suites.filter(({ isRoot }) => isRoot);
  const seconds = rootSeconds ?? roots.reduce((sum, suite) => sum + (suite.seconds ?? suite.caseSeconds), 0);
  return Math.min(Math.round(seconds * 1_000), INTEGER_MAX);
}

function summaryOf({ name, tests, failures, errors, skipped, seconds, attributes, properties }: Suite): object {
  const { timestamp, hostname, package: packageName } = attributes;
  const more = { timestamp, hostname, package: packageName };
  const given = Object.entries(more).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, cut(value, VALUE_MAX)]],
  );
  return {
    ...{ name: cut(name, VALUE_MAX), tests, failures, errors, skipped, seconds },
    ...Object.fromEntries(given),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
  };
}

function environmentOf(suites: readonly Suite[]): Record<string, unknown> {
  const hosts = [
    ...new Set(suites.flatMap(({ attributes: { hostname } }) => (hostname ? [cut(hostname, VALUE_MAX)] : []))),
  ];
  return hosts.length > 0 ? { hostnames: hosts.slice(0, PROPERTIES_MAX) } : {};
}
