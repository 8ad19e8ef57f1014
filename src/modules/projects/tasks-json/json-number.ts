/**
 * A number as it is written in a text, where a JavaScript number would change it: 12345678901234567890, 1.50, 1e3.
 * JSON.stringify writes it as it was.
 */
export type RawNumber = { readonly rawJSON: string };

interface RawJson {
  readonly rawJSON: (text: string) => RawNumber;
  readonly isRawJSON: (value: unknown) => value is RawNumber;
}

/** TypeScript does not declare these functions of ECMAScript yet. */
const { rawJSON, isRawJSON } = JSON as unknown as RawJson;

export { isRawJSON as isRawNumber };

/**
 * Finds what may be a number that does not come back as it was: with many digits, an exponent, a zero at the end of its
 * fraction, or the negative zero. Almost no file has one, and a reviver makes the parser several times slower.
 */
const MAY_CHANGE = /(?:^|[:[,\s])-?(?:\d[\d.]*[eE]|\d{16}|\d+\.\d{12}|\d+\.\d*0(?:$|[\s,\]}])|(?<=-)0(?:$|[\s,\]}]))/;

interface Source {
  readonly source?: string;
}

function keepNumber(_key: string, value: unknown, context?: Source): unknown {
  if (typeof value !== 'number') return value;
  const source = context?.source;
  return source === undefined || source === String(value) ? value : rawJSON(source);
}

/** Parses JSON and keeps every number as it is written. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return MAY_CHANGE.test(text) ? JSON.parse(text, keepNumber) : JSON.parse(text);
}

/** The number as JavaScript has it. Other values stay as they are. */
export function plainNumber<T>(value: T): T | number {
  return isRawJSON(value) ? Number(value.rawJSON) : value;
}

/** Sign, digits and exponent: the same for all texts of the same number. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

export function isSameNumber(a: unknown, b: unknown): boolean {
  const [left, right] = [a, b].map((value) => (isRawJSON(value) ? value.rawJSON : String(value)));
  return decimalOf(left ?? '') === decimalOf(right ?? '');
}

/** One form for equal numbers: that of JavaScript when it keeps all digits. */
export function canonicalNumber(value: RawNumber): number | RawNumber {
  const number = Number(value.rawJSON);
  if (isSameNumber(value, number)) return number === 0 ? 0 : number;
  return rawJSON(decimalOf(value.rawJSON));
}

export function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isRawJSON(value);
}
