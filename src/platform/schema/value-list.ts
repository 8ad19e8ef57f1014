/** A value of a list, and whether it was quoted: `null` stands for no value, `"null"` for that text. */
export interface ListedValue {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** RFC 4180: a value in quotes may contain commas, and a quote as two quotes. */
const VALUE = /(?:"((?:[^"]|"")*)"|([^",][^,]*|))(,|$)/y;

/** Splits comma-separated values, as in `a,"b, c"`; null when a quote is not closed or stands before other text. */
export function splitValues(text: string): readonly ListedValue[] | null {
  const values: ListedValue[] = [];
  VALUE.lastIndex = 0;
  for (;;) {
    const match = VALUE.exec(text);
    if (!match) return null;
    const [, quoted, plain = '', end] = match;
    values.push({ text: quoted?.replaceAll('""', '"') ?? plain, isQuoted: quoted !== undefined });
    if (end === '') return values;
  }
}

/** One value as a list that contains only this value. */
export function quotedValue(text: string): string {
  return /^null$|[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
