import type { FoundFinding } from '../finding.rules.js';
import type { Attributes, Outcome } from './junit.values.js';
import { OUTCOMES, isNotStarted, outcomeOfStatus } from './junit.values.js';
import { INTEGER_MAX, TEXT_MAX, cut, fileName, messageText, ruleName } from './report.model.js';

/** One element inside a test that says how it ended. */
interface Event {
  readonly kind: Outcome;
  readonly message: string | undefined;
  readonly type: string | undefined;
  text: string;
}

const SEVERITY = { error: 'error', failure: 'error', skipped: 'note', flaky: 'warning', warning: 'warning' } as const;

/** Truncates long output, and marks it as truncated. */
function kept(texts: Readonly<Record<string, string>>): Record<string, unknown> {
  const given = Object.entries(texts).filter(([, text]) => text !== '');
  const isCut = given.some(([, text]) => text.length > TEXT_MAX);
  return {
    ...Object.fromEntries(given.map(([name, text]) => [name, cut(text, TEXT_MAX)])),
    ...(isCut ? { truncated: true } : {}),
  };
}

const lineOf = (value: string | undefined): number | null =>
  value !== undefined && /^\d{1,10}$/.test(value) && Number(value) <= INTEGER_MAX ? Number(value) : null;

const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? '';

/** Identity in the comparison with other results: a test that failed in another way is the same one. */
const groupOf = (kind: Outcome): string => (kind === 'error' || kind === 'failure' ? 'failed' : kind);

/** One test case while it is being read. */
export class JunitCase {
  readonly #events: Event[] = [];
  readonly #output = { systemOut: '', systemErr: '' };

  constructor(
    private readonly attributes: Attributes,
    private readonly suite: string,
    private readonly suiteFile: string | undefined,
    private readonly seconds: number | null,
  ) {}

  /** Identity of the test inside its suite. */
  get id(): string {
    return JSON.stringify([this.attributes.classname, this.attributes.name]);
  }

  /** The worst that is said about the test case; null if it passed. */
  get outcome(): Outcome | null {
    this.#readStatus();
    return OUTCOMES.find((kind) => this.#events.some((event) => event.kind === kind)) ?? null;
  }

  begin(kind: Outcome, { message, type }: Attributes): void {
    const given = kind === 'skipped' && isNotStarted(this.attributes, message) ? 'error' : kind;
    this.#events.push({ kind: given, message, type, text: '' });
  }

  /** Handles the text of the element that has just ended. */
  endElement(element: string, text: string): void {
    if (element === 'system-out') this.#output.systemOut += text;
    else if (element === 'system-err') this.#output.systemErr += text;
    else {
      const last = this.#events.at(-1);
      if (last) last.text += text;
    }
  }

  /** One finding for each element. The test identifies it, even if its message changes. */
  findings(): FoundFinding[] {
    this.#readStatus();
    const { name = '', classname, file = this.suiteFile, line } = this.attributes;
    const test =
      classname === undefined || classname === '' || name.startsWith(classname) ? name : `${classname} › ${name}`;
    return this.#events.map((event) => ({
      rule: ruleName(test),
      file: file === undefined || file === '' ? null : fileName(file),
      startLine: lineOf(line),
      severity: SEVERITY[event.kind],
      message: messageOf(event),
      partialFingerprints: { kind: groupOf(event.kind), suite: this.suite, classname: classname ?? '', name },
      details: this.#detailsOf(event),
    }));
  }

  /** An attribute counts only if no element says the same. */
  #readStatus(): void {
    const said = outcomeOfStatus(this.attributes);
    if (said === null || this.#events.some(({ kind }) => OUTCOMES.indexOf(kind) <= OUTCOMES.indexOf(said))) return;
    const isFailed = this.#events.some(({ kind }) => groupOf(kind) === groupOf(said));
    if (!isFailed) this.#events.push({ kind: said, message: wordOf(this.attributes), type: undefined, text: '' });
  }

  #detailsOf({ kind, type, text }: Event): Record<string, unknown> {
    const { name = '', classname } = this.attributes;
    return {
      ...{ kind, suite: cut(this.suite, TEXT_MAX), name: cut(name, TEXT_MAX) },
      ...(classname === undefined ? {} : { classname: cut(classname, TEXT_MAX) }),
      ...(type === undefined ? {} : { type: cut(type, TEXT_MAX) }),
      ...(this.seconds === null ? {} : { seconds: this.seconds }),
      ...kept({ text, ...this.#output }),
    };
  }
}

const wordOf = ({ status, result, outcome }: Attributes): string | undefined =>
  [status, result, outcome].find((word) => word !== undefined && outcomeOfStatus({ status: word }) !== null);

function messageOf({ kind, message, type, text }: Event): string {
  const said = [message, firstLine(text), type].find((one) => one !== undefined && one.trim() !== '');
  return messageText(said ?? kind);
}
