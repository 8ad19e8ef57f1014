import type { FoundFinding } from '../finding.rules.js';
import { INTEGER_MAX, TEXT_MAX, cut, fileName, messageText, ruleName } from './report.model.js';

type Attributes = Readonly<Record<string, string>>;

interface Outcome {
  readonly kind: string;
  readonly message: string | undefined;
  readonly type: string | undefined;
  text: string;
}

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

/** One test case while it is being read. */
export class JunitCase {
  readonly #outcomes: Outcome[] = [];
  readonly #output = { systemOut: '', systemErr: '' };

  constructor(
    private readonly attributes: Attributes,
    private readonly suite: string,
    private readonly suiteFile: string | undefined,
    private readonly seconds: number | null,
  ) {}

  /** The worst outcome of the test case; null if it passed. */
  get outcome(): string | null {
    return ['error', 'failure', 'skipped'].find((kind) => this.#outcomes.some((one) => one.kind === kind)) ?? null;
  }

  begin(kind: string, { message, type }: Attributes): void {
    this.#outcomes.push({ kind, message, type, text: '' });
  }

  /** Handles the text of the element that has just ended. */
  endElement(element: string, text: string): void {
    if (element === 'system-out') this.#output.systemOut += text;
    else if (element === 'system-err') this.#output.systemErr += text;
    else {
      const last = this.#outcomes.at(-1);
      if (last) last.text += text;
    }
  }

  /** One finding for each failure, error and skip. The test identifies it, even if its message changes. */
  findings(): FoundFinding[] {
    const { name = '', classname, file = this.suiteFile, line } = this.attributes;
    const test =
      classname === undefined || classname === '' || name.startsWith(classname) ? name : `${classname} › ${name}`;
    return this.#outcomes.map(({ kind, message, type, text }) => ({
      rule: ruleName(test),
      file: file === undefined || file === '' ? null : fileName(file),
      startLine: lineOf(line),
      severity: kind === 'skipped' ? 'note' : 'error',
      message: messageText(
        [message, firstLine(text), type, kind].find((one) => one !== undefined && one.trim() !== '') ?? kind,
      ),
      partialFingerprints: {
        kind: kind === 'skipped' ? 'skipped' : 'failed',
        suite: this.suite,
        classname: classname ?? '',
        name,
      },
      details: {
        ...{ kind, suite: cut(this.suite, TEXT_MAX), name: cut(name, TEXT_MAX) },
        ...(classname === undefined ? {} : { classname: cut(classname, TEXT_MAX) }),
        ...(type === undefined ? {} : { type: cut(type, TEXT_MAX) }),
        ...(this.seconds === null ? {} : { seconds: this.seconds }),
        ...kept({ text, ...this.#output }),
      },
    }));
  }
}
