import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalTimestamp } from './timestamp.js';

describe('an instant', () => {
  it.each([
    // Forms of RFC 3339 5.6, with those of JSON-Schema-Test-Suite
    ['2026-11-28T10:00:00Z', '2026-11-28T10:00:00.000000Z'],
    ['2026-11-28t10:00:00z', '2026-11-28T10:00:00.000000Z'],
    ['2026-11-28T10:00:00.1Z', '2026-11-28T10:00:00.100000Z'],
    ['2026-11-28T10:00:00.1234567+01:00', '2026-11-28T09:00:00.123456Z'],
    ['2026-11-28T10:00:00.123456789Z', '2026-11-28T10:00:00.123456Z'],
    [`2026-11-28T10:00:00.${'9'.repeat(40)}Z`, '2026-11-28T10:00:00.999999Z'],
    ['2026-11-28T10:00:00-00:00', '2026-11-28T10:00:00.000000Z'],
    ['2026-11-28T10:00:00+23:59', '2026-11-27T10:01:00.000000Z'],
    ['2026-11-28T10:00:00-23:59', '2026-11-29T09:59:00.000000Z'],
    ['1998-12-31T23:59:60Z', '1999-01-01T00:00:00.000000Z'],
    ['1998-12-31T15:59:60.123-08:00', '1999-01-01T00:00:00.123000Z'],
    ['2024-02-29T12:00Z', '2024-02-29T12:00:00.000000Z'],
    ['0004-02-29T00:00:00Z', '0004-02-29T00:00:00.000000Z'],
    ['2026-11-28', '2026-11-28'],
    // The first and the last instant with a year of four digits
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['0000-12-31T23:00:00-01:00', '0001-01-01T00:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999Z'],
    ['9999-12-31T23:59:59-00:00', '9999-12-31T23:59:59.000000Z'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
  ])('%s is %s', (text, stored) => expect(canonicalTimestamp(text)).toBe(stored));

  it.each([
    ...['0001-01-01T00:00:00+00:01', '9999-12-31T23:59:00-00:01', '9999-12-31T23:59:60Z', '0000-12-31T23:00:00Z'],
    ...['0000-01-01', '1998-12-31T23:58:60Z', '1998-12-31T22:59:60Z', '1998-12-31T23:59:60+01:00', '10000-01-01'],
    ...['2026-02-29', '2026-02-30T00:00:00Z', '2026-13-01', '2026-00-01', '2026-01-00', '1900-02-29'],
    ...['2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:61Z', '2026-01-01T00:00:00+24:00'],
    ...['2026-01-01T00:00:00+01:60', '2026-01-01T00:00:00+0100', '2026-01-01T00:00:00', '2026-01-01T00:00:00.Z'],
    ...['2026-01-01 00:00:00Z', '2026-W01-1', '2026-001', '20260101', 'infinity', '-infinity', 'now', ''],
    ...['2026-01-01T00:00:00Z ', '２026-01-01', '2026-01-01T00:00:00,5Z', '2026-01-01T00:00:00 01:00'],
  ])('is not %j', (text) => expect(canonicalTimestamp(text)).toBeNull());

  it('is the one that JavaScript reads, and stays as it is when it is read again', () => {
    const time = fc.date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
    const minutes = fc.integer({ min: -1_439, max: 1_439 });
    fc.assert(
      fc.property(time, minutes, (date, offset) => {
        const clock = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const two = (value: number): string => String(Math.abs(Math.trunc(value))).padStart(2, '0');
        const text = `${clock}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
        const found = canonicalTimestamp(text);
        expect(Date.parse(found ?? '')).toBe(date.getTime());
        expect(canonicalTimestamp(found)).toBe(found);
      }),
    );
  });
});
