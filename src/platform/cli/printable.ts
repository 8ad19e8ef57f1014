/**
 * Characters that a terminal obeys, that turn the direction of what follows, or that break a line: C0, DEL, C1, the
 * controls of bidirectional text, and the two separators. Whoever may write a title could otherwise clear the screen of
 * its reader, or forge rows.
 */
const CONTROL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
/** JSON.stringify has escaped the others, and its own line feeds are layout. */
const CONTROL_IN_JSON = /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

/** Fields that have several lines by nature. They are shown as a block; all others on one line. */
const BLOCKS: ReadonlySet<string> = new Set([
  'description',
  'details',
  'testStrategy',
  'content',
  'errorMessage',
  'stackTrace',
]);

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function codeOf(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text on one line, with every control character escaped. */
export function onOneLine(text: string): string {
  return text.replace(CONTROL, (letter) => SHORT[letter] ?? codeOf(letter));
}

/** The text with its line feeds and tabs, and every other control character escaped. */
export function onLines(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(CONTROL, (letter) => (letter === '\n' || letter === '\t' ? letter : (SHORT[letter] ?? codeOf(letter))));
}

/** Lines of a block are indented, so that none of them can pass for a line of the command. */
export function asBlock(text: string): string {
  return onLines(text)
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');
}

/** The JSON text with the characters escaped that JSON itself lets through. The value stays the same. */
export function escapeJson(text: string): string {
  return text.replace(CONTROL_IN_JSON, codeOf);
}

/** A copy for people, in which every text is escaped. */
export function printable<T>(value: T, isBlock = false): T {
  if (typeof value === 'string') return (isBlock ? onLines(value) : onOneLine(value)) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => printable(item, isBlock)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    onOneLine(key),
    printable(item as unknown, BLOCKS.has(key)),
  ]);
  return Object.fromEntries(entries) as T;
}
