import { visit } from 'jsonc-parser';
import { Fault } from '../faults/fault.js';
import type { JsonPath } from '../schema/storable.js';
import { malformedValue, markMalformed, numberFault, pathText, textFault } from '../schema/storable.js';

/** Nesting deeper than this is an attack on parsers, not data (OWASP API4). */
const DEPTH_MAX = 32;
/** Where items are refused one by one, the visitor must reach the item that is too deep. It recurses this far safely. */
const DEPTH_VISITED = 256;
const KEYS_MAX = 1_000;

const TOO_DEEP = `The body is nested deeper than ${DEPTH_MAX} levels.`;

/**
 * The length of the path of the item that a value belongs to, such as 2 for `errors[3]`; null outside of items. `isShown`
 * says whether the parsed value still shows what is wrong; of a key that appears twice it shows one.
 */
export type ItemOf = (path: JsonPath, isShown: boolean) => number | null;

/** The items of one member of the body. */
export const itemsIn =
  (member: string): ItemOf =>
  ([first, second]) =>
    first === member && typeof second === 'number' ? 2 : null;

interface BodyOptions {
  readonly keysMax?: number;
  readonly itemOf?: ItemOf;
}

function refused(detail: string, path: JsonPath = []): Fault {
  const at = pathText(path);
  return new Fault('MALFORMED_BODY', detail, at === '' ? {} : { errors: [malformedValue(at, detail)] });
}

/** The keys of the object that is being visited, or null for an array. */
type Scope = Set<string> | null;

/** What a value of the body is refused for, and where it is. */
interface Problem {
  readonly path: JsonPath;
  readonly message: string;
  readonly isShown: boolean;
}

class Inspector {
  readonly problems: Problem[] = [];
  private readonly scopes: Scope[] = [];

  constructor(
    private readonly text: string,
    private readonly keysMax: number,
  ) {}

  inspect(): readonly Problem[] {
    visit(this.text, {
      onObjectBegin: (...[, , , , path]) => this.enter(new Set(), path),
      onArrayBegin: (...[, , , , path]) => this.enter(null, path),
      onObjectEnd: () => void this.scopes.pop(),
      onArrayEnd: () => void this.scopes.pop(),
      onObjectProperty: (key, ...[, , , , path]) => this.key(key, () => [...path(), key]),
      onLiteralValue: (value: unknown, ...[offset, length, , , path]) => {
        if (typeof value === 'string') this.refuse(textFault(value), path, true);
        if (typeof value === 'number') {
          this.refuse(numberFault(value, this.text.slice(offset, offset + length)), path, true);
        }
      },
    });
    return this.problems;
  }

  private refuse(message: string | null, path: () => JsonPath, isShown = false): void {
    if (message !== null) this.problems.push({ path: path(), message, isShown });
  }

  private enter(scope: Scope, path: () => JsonPath): void {
    this.scopes.push(scope);
    if (this.scopes.length === DEPTH_MAX + 1) this.refuse(TOO_DEEP, path);
  }

  private key(key: string, path: () => JsonPath): void {
    const keys = this.scopes.at(-1);
    if (!keys) return;
    if (key === '__proto__') this.refuse('The key "__proto__" is not accepted.', path);
    if (keys.has(key)) this.refuse(`The key "${key.slice(0, 100)}" appears twice in one object.`, path);
    keys.add(key);
    if (keys.size === this.keysMax + 1) this.refuse(`An object has more than ${this.keysMax} keys.`, path);
    this.refuse(textFault(key), path, true);
  }
}

/** Undefined when a second key of the same name has replaced what the path leads to. */
const within = (value: unknown, path: JsonPath): unknown =>
  path.reduce<unknown>(
    (at, part) => (at as Readonly<Record<string | number, unknown>> | null | undefined)?.[part],
    value,
  );

/** Marks the item that a problem is in. False when the problem concerns the whole body. */
function isItemRefused(value: unknown, { path, message, isShown }: Problem, itemOf: ItemOf | undefined): boolean {
  const length = itemOf?.(path, isShown) ?? null;
  if (length === null) return false;
  const item = within(value, path.slice(0, length));
  if (typeof item === 'object' && item !== null) {
    markMalformed(item, malformedValue(pathText(path.slice(length)), message));
  }
  return true;
}

/**
 * Parses a JSON body and refuses what parsers treat differently: duplicate keys, `__proto__`, numbers that do not fit a
 * double, NUL, lone surrogates, excessive depth. With `itemOf`, an item with such a value is marked instead, and the use
 * case refuses it alone: one crash report with a NUL must not cost the 999 beside it.
 * @throws Fault MALFORMED_BODY
 */
export function parseJsonBody(text: string, options: BodyOptions = {}): unknown {
  const { keysMax = KEYS_MAX, itemOf } = options;
  if (text.trim() === '') throw refused('The body is empty.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw refused(TOO_DEEP);
    throw refused('The body is not valid JSON.');
  }
  // JSON.parse handles any depth, but the recursive visitor does not, so the depth is checked first.
  if (deeperThan(text, itemOf ? DEPTH_VISITED : DEPTH_MAX)) throw refused(TOO_DEEP);
  const problem = new Inspector(text, keysMax).inspect().find((one) => !isItemRefused(value, one, itemOf));
  if (problem) throw refused(problem.message, problem.path);
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
