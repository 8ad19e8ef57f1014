import type { ValidationOptions } from 'class-validator';
import { ValidateBy, buildMessage } from 'class-validator';

/** RFC 3339 5.6: letters in either case, any number of fraction digits, offsets of up to a day. Seconds may be left out. */
const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.(\d+))?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/i;

const MINUTE_MS = 60_000;
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_999;

export const TIMESTAMP_MESSAGE =
  'must be an ISO 8601 date or date-time with an offset, in the years 0001 to 9999 of UTC';

/** Midnight UTC; null when the month has no such day. Date.UTC would read the years 0 to 99 as 1900 to 1999. */
function midnight(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}

function offsetMs(offset: string): number {
  if (offset.length === 1) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return (offset.startsWith('-') ? -minutes : minutes) * MINUTE_MS;
}

/** Leap seconds are added at the end of a day in UTC only. */
const endsDay = (instant: number): boolean => new Date(instant).toISOString().slice(11, 16) === '23:59';

/**
 * The instant in the form that PostgreSQL stores: in UTC, cut to microseconds. A date stays a date. Null when the text is
 * no instant. PostgreSQL refuses offsets beyond 15:59, rounds a seventh digit into the next second (and year), and prints
 * years outside of 1 to 9999 in a form that no client, and not this service, reads.
 */
export function canonicalTimestamp(value: unknown): string | null {
  const match = typeof value === 'string' ? PATTERN.exec(value) : null;
  if (!match) return null;
  const [text, year, month, day, hour, minute, second = '0', fraction = '', offset] = match;
  const date = midnight(Number(year), Number(month), Number(day));
  if (date === null) return null;
  if (offset === undefined) return date < EARLIEST ? null : text;
  const start = date + (Number(hour) * 60 + Number(minute)) * MINUTE_MS - offsetMs(offset);
  if (second === '60' && !endsDay(start)) return null;
  const instant = start + Number(second) * 1_000;
  if (instant < EARLIEST || instant > LATEST) return null;
  return `${new Date(instant).toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

export function isTimestamp(value: unknown): value is string {
  return canonicalTimestamp(value) !== null;
}

export function IsTimestamp(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isTimestamp',
      validator: {
        validate: isTimestamp,
        defaultMessage: buildMessage((each) => `${each}$property ${TIMESTAMP_MESSAGE}`, options),
      },
    },
    options,
  );
}
