import { JunitCase } from './junit.case.js';
import type { JunitContent } from './junit.report.js';
import { reportOf } from './junit.report.js';
import { JunitSuite } from './junit.suite.js';
import type { Attributes } from './junit.values.js';
import { claimsOf, outcomeOfElement } from './junit.values.js';
import { Problems } from './problems.js';
import type { Report } from './report.model.js';
import { cut } from './report.model.js';
import { momentOf, secondsOf } from './report.times.js';
import type { XmlElement, XmlVisitor } from './xml-reader.js';
import { readXml } from './xml-reader.js';

const PROPERTIES_MAX = 100;
const VALUE_MAX = 1_000;
const OUTPUTS = new Set(['system-out', 'system-err']);

/** An element whose text is kept. Surefire puts the output of a flaky attempt inside the element of that attempt. */
interface Part {
  readonly element: string;
  readonly test: JunitCase;
  /** An error outside of any test case: its suite fails with it. */
  readonly isOfSuite: boolean;
  text: string;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Builds the suites of a JUnit file while it is being read. Of a passed test, only the count is kept. */
class JunitReader implements XmlVisitor, JunitContent {
  readonly suites: JunitSuite[] = [];
  rootName: string | null = null;
  earliest = Infinity;
  isUncounted = false;
  readonly #open: JunitSuite[] = [];
  readonly #cases: JunitCase[] = [];
  readonly #parts: Part[] = [];

  constructor(readonly problems: Problems) {}

  open({ name: given, attributes }: XmlElement, path: string): void {
    const name = localName(given);
    if (this.rootName === null) {
      this.rootName = attributes.name ?? '';
      if (name !== 'testsuites' && name !== 'testsuite') {
        this.problems.refuse(path, 'the root element must be testsuites or testsuite');
        this.problems.refuseIfAny();
      }
    }
    if (name === 'testsuite' || name === 'testsuites') this.#openSuite(attributes, path, name === 'testsuite');
    else if (name === 'testcase') this.#openCase(attributes, path);
    else if (name === 'property' && this.#cases.length === 0) this.#property(attributes);
    else this.#openPart(name, attributes);
  }

  text(text: string): void {
    const part = this.#parts.at(-1);
    if (part) part.text += text;
  }

  close(given: string): void {
    const name = localName(given);
    if (name === 'testsuite' || name === 'testsuites') this.#open.pop()?.close();
    else if (name === 'testcase') this.#closeCase();
    else if (this.#parts.at(-1)?.element === name) this.#closePart();
  }

  #openSuite(attributes: Attributes, path: string, isSuite: boolean): void {
    const outer = this.#open.at(-1) ?? null;
    const seconds = this.#seconds(attributes, path);
    const claims = claimsOf(attributes, (name) => {
      this.isUncounted = true;
      this.problems.setAside(`${path}.${name}`, 'must be a count');
    });
    const suite = new JunitSuite(attributes, outer, isSuite, seconds, claims);
    this.suites.push(suite);
    this.#open.push(suite);
    const { timestamp = '' } = attributes;
    if (timestamp.trim() === '') return;
    const moment = momentOf(timestamp);
    if (moment === null) this.problems.setAside(`${path}.timestamp`, 'must be a time of ISO 8601');
    else this.earliest = Math.min(this.earliest, moment);
  }

  /** The suite of the next test case. The test runner of Node.js writes test cases directly into the root. */
  #suite(): JunitSuite {
    const suite = this.#open.at(-1);
    if (suite === undefined) throw new Error('No element can be outside of the root.');
    return suite;
  }

  #openCase(attributes: Attributes, path: string): void {
    const suite = this.#suite();
    if (attributes.name === undefined) this.problems.setAside(`${path}.name`, 'is missing: a test needs a name');
    const seconds = this.#seconds(attributes, path);
    const isTimed = seconds !== null || (attributes.time ?? '').trim() === '';
    suite.caseSeconds = suite.caseSeconds !== null && isTimed ? suite.caseSeconds + (seconds ?? 0) : null;
    const named = { ...attributes, name: attributes.name ?? attributes.classname ?? '(test without a name)' };
    this.#cases.push(new JunitCase(named, suite.name, suite.file, seconds));
  }

  #closeCase(): void {
    const test = this.#cases.pop();
    if (test) this.#suite().add(test, true);
  }

  #openPart(element: string, attributes: Attributes): void {
    const test = this.#cases.at(-1);
    const outcome = outcomeOfElement(element);
    if (test) {
      if (outcome !== null) test.begin(outcome, attributes);
      if (outcome !== null || OUTPUTS.has(element)) this.#parts.push({ element, test, isOfSuite: false, text: '' });
    } else if (outcome === 'error' || outcome === 'failure') {
      const suite = this.#suite();
      const ofSuite = new JunitCase({ name: suite.name }, suite.name, suite.file, null);
      ofSuite.begin(outcome, attributes);
      this.#parts.push({ element, test: ofSuite, isOfSuite: true, text: '' });
    }
  }

  #closePart(): void {
    const part = this.#parts.pop();
    if (!part) return;
    part.test.endElement(part.element, part.text);
    if (part.isOfSuite) this.#suite().add(part.test, false);
  }

  #property({ name, value }: Attributes): void {
    const properties = this.#open.at(-1)?.properties;
    if (properties === undefined || name === undefined || Object.keys(properties).length >= PROPERTIES_MAX) return;
    properties[cut(name, VALUE_MAX)] = cut(value ?? '', VALUE_MAX);
  }

  #seconds({ time }: Attributes, path: string): number | null {
    if (time === undefined || time.trim() === '') return null;
    const seconds = secondsOf(time);
    if (seconds === null) this.problems.setAside(`${path}.time`, 'must be a number of seconds');
    return seconds;
  }
}

/** Reads the report of a JUnit XML file. @throws Fault MALFORMED_BODY, VALIDATION_FAILED */
export function* readJunit(text: string, problems = new Problems()): Generator<void, Report[]> {
  const reader = new JunitReader(problems);
  yield* readXml(text, reader, problems);
  problems.refuseIfAny();
  return [reportOf(reader)];
}
