import type { Json } from './json-value.js';
import { keepText } from './json-text.js';
import type { Layout } from './tasks-json.model.js';

/** Upstream indents by two spaces and writes no line feed at the end. */
const INDENT = '  ';
/** JSON.stringify uses at most ten characters of an indentation. */
const INDENT_MAX = 10;
const END_MAX = 20;

/** How the text of the value is laid out, where that differs from what upstream writes; undefined if it does not. */
export function layoutOf(text: string, value: Json): Layout | undefined {
  // A text of one line is what a client makes of a value, and no layout that anybody has chosen.
  if (!text.trim().includes('\n')) return undefined;
  const [, indent] = /^\s*\{(?:\r?\n([ \t]*))?"/.exec(text) ?? [];
  const end = /\s*$/.exec(text.slice(-END_MAX))?.[0] ?? '';
  const layout: Layout = {
    ...(indent === undefined || indent === INDENT ? {} : { indent: indent.slice(0, INDENT_MAX) }),
    ...(/^[^\n]*\r\n/.test(text) ? { lineEnd: '\r\n' } : {}),
    ...(end === '' ? {} : { end }),
    ...(isAscii(text) ? { isAscii: true } : {}),
  };
  if (layOut(value, layout) !== text) return { ...layout, text };
  return Object.keys(layout).length === 0 ? undefined : layout;
}

/** Some tools escape every letter outside of ASCII. A file without such a letter shows nothing. */
function isAscii(text: string): boolean {
  return /\\u00[89a-f]|\\u(?!00)/i.test(text) && !/[\u0080-\uffff]/.test(text);
}

export function layOut(value: Json, { text, end = '', ...style }: Layout): string {
  if (text !== undefined) return keepText(text, value, (part, inset) => format(part, style, inset));
  return `${format(value, style)}${end}`;
}

/** `inset` is the indentation of the line that the value begins on. */
function format(value: Json, { indent = INDENT, lineEnd = '\n', isAscii: escapes }: Layout, inset = ''): string {
  const text = JSON.stringify(value, null, indent);
  // Line feeds inside of texts are escaped, so these are layout.
  const lines = lineEnd === '\n' && inset === '' ? text : text.replaceAll('\n', `${lineEnd}${inset}`);
  return escapes ? lines.replace(/[\u0080-\uffff]/g, escaped) : lines;
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
