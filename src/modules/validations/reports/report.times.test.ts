import { describe, expect, it } from '@jest/globals';
import { isoOf, momentOf, secondsOf } from './report.times.js';

describe('seconds', () => {
  it.each([
    ...[
      ['0.160', 0.16],
      ['1.234', 1.234],
      ['12', 12],
      ['.5', 0.5],
      ['9.06e-06', 0.00000906],
      [' 1.5 ', 1.5],
      ['-0.000', 0],
    ],
    // German, French, Swiss and Brazilian locales.
    ...[
      ['0,160', 0.16],
      ['12,5', 12.5],
      ['1234,567', 1234.567],
      ['1.234,5', 1234.5],
      ['1\u202F234,5', 1234.5],
    ],
    ...[
      ['1 234,5', 1234.5],
      ["1'234.5", 1234.5],
      ['9,06E-06', 0.00000906],
    ],
    // Thousands of English.
    ...[
      ['1,234.5', 1234.5],
      ['14,029.255', 14029.255],
      ['1,234,567', 1234567],
    ],
  ] as [string, number][])('of %j are %d', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each(['1,234', '12,000', '-0.001', '-1,5', 'NaN', 'Infinity', '1e999', '2s', '3 ms', 'x', '', '1,2,3', '1.2,3.4'])(
    'are not known of %j',
    (text) => {
      expect(secondsOf(text)).toBeNull();
    },
  );
});

describe('a moment', () => {
  it.each([
    ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T10:00:00', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21 10:00:00.123456', '2026-11-21T10:00:00.123Z'],
    ['2026-11-21T10:00:00,5+02:00', '2026-11-21T08:00:00.500Z'],
    ['2026-11-21T10:00:00+0200', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T10:00:00-05', '2026-11-21T15:00:00.000Z'],
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['Sat, 21 Nov 2026 10:00:00 GMT', '2026-11-21T10:00:00.000Z'],
    ['1795255200', '2026-11-21T10:00:00.000Z'],
    ['1795255200.5', '2026-11-21T10:00:00.500Z'],
    ['1795255200000', '2026-11-21T10:00:00.000Z'],
  ])('of %j is %s', (text, iso) => {
    expect(isoOf(momentOf(text) ?? NaN)).toBe(iso);
  });

  it.each([
    ...[
      '20261',
      '+012026-01-01T00:00:00Z',
      '-000044-03-15T00:00:00Z',
      '+275760-09-13T00:00:00Z',
      '2026-13-45T00:00:00Z',
    ],
    ...[
      '0001-01-01T00:00:00',
      '1970-01-01T00:00:00Z',
      '11/12/2026 10:00:00',
      'yesterday',
      '10:00',
      '',
      '0',
      '9'.repeat(40),
    ],
  ])('is not known of %j', (text) => {
    expect(momentOf(text)).toBeNull();
  });

  it('is not known when it lies beyond what can be stored', () => {
    const last = momentOf('9999-12-31T23:59:59Z') ?? NaN;
    expect(isoOf(last)).toBe('9999-12-31T23:59:59.000Z');
    expect(isoOf(last, 1_000)).toBeNull();
    expect(isoOf(last, Infinity)).toBeNull();
  });
});
