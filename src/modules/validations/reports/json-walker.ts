import { unreadable } from './problems.js';

/** Deeper than any real report, and far below the depth at which a parser overflows the stack. */
const DEPTH_MAX = 64;

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Allowed nowhere in JSON. Tools print terminal colours into strings without escaping them. */
const CONTROL = /[\x00-\x08\x0B\x0C\x0E-\x1F]/g;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

/**
 * Walks through a JSON text and parses only the requested values, so that of a file of 64 MiB only one member at a time
 * is in memory as objects. Between two steps of `members` or `items`, consume the value: with `value`, or with another
 * walk.
 */
export class JsonWalker {
  #at = 0;

  /** `onControl` hears the place of a value with control characters, which are read as if they were escaped. */
  constructor(
    private readonly text: string,
    private readonly onControl: (place: string) => void = () => undefined,
  ) {}

  *members(): Generator<string> {
    this.#expect('{');
    if (this.#take('}')) return;
    do {
      this.#space();
      const key = this.value();
      if (typeof key !== 'string') throw this.#broken();
      this.#expect(':');
      yield key;
    } while (this.#take(','));
    this.#expect('}');
  }

  *items(): Generator<number> {
    this.#expect('[');
    if (this.#take(']')) return;
    let index = 0;
    do yield index++;
    while (this.#take(','));
    this.#expect(']');
  }

  /** Whether the next value is an array, an object, or a scalar. */
  next(): 'array' | 'object' | 'scalar' {
    this.#space();
    const sign = this.text[this.#at];
    if (sign === '[') return 'array';
    return sign === '{' ? 'object' : 'scalar';
  }

  /** Parses the next value completely. @throws Fault MALFORMED_BODY */
  value(): unknown {
    this.#space();
    const start = this.#at;
    this.#at = this.#endOfValue();
    const text = this.text.slice(start, this.#at);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      const escaped = text.replace(CONTROL, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
      return this.#parse(escaped, start, escaped !== text);
    }
  }

  #parse(text: string, start: number, isEscaped: boolean): unknown {
    try {
      if (isEscaped) {
        const value = JSON.parse(text) as unknown;
        this.onControl(`character ${start + 1}`);
        return value;
      }
    } catch {
      // Control characters were not all that is wrong.
    }
    this.#at = start;
    throw this.#broken();
  }

  /** @throws Fault MALFORMED_BODY if anything follows */
  end(): void {
    this.#space();
    if (this.#at < this.text.length) throw this.#broken();
  }

  #endOfValue(): number {
    const first = this.text.charCodeAt(this.#at);
    if (first === QUOTE) return this.#endOfString(this.#at);
    if (OPEN.has(first)) return this.#endOfContainer();
    SCALAR.lastIndex = this.#at;
    if (!SCALAR.test(this.text)) throw this.#broken();
    return SCALAR.lastIndex;
  }

  /** Counts brackets only. The parser checks whether they match and what is between them. */
  #endOfContainer(): number {
    let depth = 0;
    for (let at = this.#at; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === QUOTE) at = this.#endOfString(at) - 1;
      else if (OPEN.has(code)) {
        depth += 1;
        if (depth > DEPTH_MAX) throw unreadable(`The file is nested deeper than ${DEPTH_MAX} levels.`);
      } else if (CLOSE.has(code)) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    throw this.#broken(this.text.length);
  }

  #endOfString(start: number): number {
    for (let at = start + 1; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code === BACKSLASH) at += 1;
    }
    throw this.#broken(this.text.length);
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.text);
    this.#at = SPACE.lastIndex;
  }

  #take(sign: string): boolean {
    this.#space();
    if (this.text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#broken();
  }

  #broken(at = this.#at): Error {
    const before = this.text.slice(0, at).split('\n');
    const where = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    return unreadable(`The file is not valid JSON: it cannot be read from ${where} on.`);
  }
}
