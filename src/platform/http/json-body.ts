import { visit } from 'jsonc-parser';
import { Fault } from '../faults/fault.js';

/** Nesting deeper than this is an attack on parsers, not data (OWASP API4). */
const DEPTH_MAX = 32;
const KEYS_MAX = 1_000;

const LONE_SURROGATE = /\p{Surrogate}/u;

function refused(detail: string): Fault {
  return new Fault('MALFORMED_BODY', detail);
}

/** The keys of the object that is being visited, or null for an array. */
type Scope = Set<string> | null;

class Inspector {
  private readonly scopes: Scope[] = [];
  private problem: string | null = null;

  constructor(
    private readonly text: string,
    private readonly keysMax: number,
  ) {}

  inspect(): string | null {
    visit(this.text, {
      onObjectBegin: () => this.enter(new Set()),
      onArrayBegin: () => this.enter(null),
      onObjectEnd: () => void this.scopes.pop(),
      onArrayEnd: () => void this.scopes.pop(),
      onObjectProperty: (key) => this.key(key),
      onLiteralValue: (value: unknown, offset, length) => this.literal(value, offset, length),
    });
    return this.problem;
  }

  private enter(scope: Scope): void {
    this.scopes.push(scope);
    if (this.scopes.length > DEPTH_MAX) this.problem ??= `The body is nested deeper than ${DEPTH_MAX} levels.`;
  }

  private key(key: string): void {
    const keys = this.scopes.at(-1);
    if (!keys) return;
    if (key === '__proto__') this.problem ??= 'The key "__proto__" is not accepted.';
    if (keys.has(key)) this.problem ??= `The key "${key.slice(0, 100)}" appears twice in one object.`;
    keys.add(key);
    if (keys.size > this.keysMax) this.problem ??= `An object has more than ${this.keysMax} keys.`;
    this.string(key);
  }

  private literal(value: unknown, offset: number, length: number): void {
    if (typeof value === 'string') this.string(value);
    if (typeof value !== 'number') return;
    const written = this.text.slice(offset, offset + length);
    if (!Number.isFinite(value)) this.problem ??= `The number ${written.slice(0, 40)} is out of range.`;
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      this.problem ??= `The number ${written.slice(0, 40)} cannot be represented exactly; send it as a string.`;
    }
  }

  private string(value: string): void {
    if (value.includes('\0')) this.problem ??= 'A text holds the character U+0000, which cannot be stored.';
    if (LONE_SURROGATE.test(value)) this.problem ??= 'A text holds half of a surrogate pair.';
  }
}

/**
 * Parses a JSON body and refuses what parsers treat differently: duplicate keys, `__proto__`, numbers that do not fit a
 * double, NUL, lone surrogates, excessive depth.
 * @throws Fault MALFORMED_BODY
 */
export function parseJsonBody(text: string, options: { keysMax?: number } = {}): unknown {
  if (text.trim() === '') throw refused('The body is empty.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw refused(`The body is nested deeper than ${DEPTH_MAX} levels.`);
    throw refused('The body is not valid JSON.');
  }
  // JSON.parse handles any depth, but the recursive visitor does not, so the depth is checked first.
  if (deeperThan(text, DEPTH_MAX)) throw refused(`The body is nested deeper than ${DEPTH_MAX} levels.`);
  const problem = new Inspector(text, options.keysMax ?? KEYS_MAX).inspect();
  if (problem !== null) throw refused(problem);
  return value;
}

/** Counts brackets outside strings. The text must be valid JSON. */
function deeperThan(text: string, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > max) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
