/**
 * The number as it would be written in English, or null where that is ambiguous. `1,234` is a second and a bit in Berlin
 * and twenty minutes in Boston, and no time is better than a wrong one.
 */
function english(text: string): string | null {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return text;
  if (/^\d{1,3}(,\d{3})+\.\d+$/.test(text) || /^\d{1,3}(,\d{3}){2,}$/.test(text)) return text.replaceAll(',', '');
  if (/^\d{1,3}(\.\d{3})+,\d+$/.test(text) || /^\d{1,3}(\.\d{3}){2,}$/.test(text))
    return text.replaceAll('.', '').replace(',', '.');
  if (/^[1-9]\d{0,2},\d{3}$/.test(text)) return null;
  return /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text) ? text.replace(',', '.') : null;
}

/** A number that people or tools wrote in some locale. Null where it is none, or where it is ambiguous. */
export function decimalOf(text: string): number | null {
  // French and Swiss locales group thousands with spaces and apostrophes.
  const joined = text.trim().replace(/(?<=\d)[ \u00A0\u202F'’](?=\d{3}(?!\d))/g, '');
  const number = Number(english(joined) ?? NaN);
  return Number.isFinite(number) ? number : null;
}

/** Seconds, or null: a clock that was set back gives a negative time, which says nothing. */
export function secondsOf(text: string): number | null {
  const seconds = decimalOf(text);
  return seconds === null || seconds < 0 ? null : Math.abs(seconds);
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|[+-]\d{4})$/;
const EPOCH_SECONDS = /^\d{9,10}(\.\d+)?$/;
const EPOCH_MILLISECONDS = /^\d{12,13}$/;
/** Both Date and PostgreSQL write years of four digits alike. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function parsed(text: string): number {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1_000;
  if (EPOCH_MILLISECONDS.test(text)) return Number(text);
  if (RFC_2822.test(text)) return Date.parse(text);
  const [, date, clock, zone = 'Z'] = ISO.exec(text) ?? [];
  if (date === undefined) return NaN;
  if (clock === undefined) return Date.parse(date);
  const offset = zone.toUpperCase().replace(/^([+-]\d{2}):?(\d{2})?$/, (_, hours: string, minutes = '00') => {
    return `${hours}:${String(minutes)}`;
  });
  return Date.parse(`${date}T${clock.replace(',', '.')}${offset}`);
}

/** A moment if it can be stored. Zero and the years before are what tools write for a time that they do not know. */
function storable(time: number): number | null {
  return time > 0 && time <= LATEST ? Math.trunc(time) : null;
}

/**
 * The moment of a time stamp in milliseconds, or null. Most tools write no time zone, and those that do not mean UTC give
 * no hint, so such a time is read as UTC.
 */
export function momentOf(text: string): number | null {
  return storable(parsed(text.trim()));
}

/** The moment so many milliseconds later, as text; null beyond what can be stored. */
export function isoOf(moment: number, laterBy = 0): string | null {
  const time = storable(moment + laterBy);
  return time === null ? null : new Date(time).toISOString();
}
