import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { table } from './output.js';
import { asBlock, escapeJson, onLines, onOneLine, printable } from './printable.js';

const HOSTILE = '\u001b]0;owned\u0007\u001b[2Jdone \u202egnp.exe\u0085\u009b31m\u007f\u2066x\u2028y\r\nz\t';
/** What must never reach a terminal, written apart from the code under test. */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom(...HOSTILE.split('')), fc.string({ maxLength: 1 })),
  maxLength: 40,
});

describe('text for people', () => {
  it('shows what a terminal would obey as escapes', () => {
    expect(onOneLine(HOSTILE)).toBe(
      '\\u001b]0;owned\\u0007\\u001b[2Jdone \\u202egnp.exe\\u0085\\u009b31m\\u007f\\u2066x\\u2028y\\r\\nz\\t',
    );
    expect(onLines('a\r\nb\tc\rd\u001b')).toBe('a\nb\tc\\rd\\u001b');
    expect(asBlock('one\n\ntwo')).toBe('  one\n\n  two');
  });

  it('keeps everything else: accents, emoji that are joined, right-to-left letters', () => {
    const text = 'Grüße 👩‍👩‍👧 שלום مرحبا \\u001b 任';
    expect(onOneLine(text)).toBe(text);
    expect(onLines(text)).toBe(text);
  });

  it('has no control character left, whatever it is made of', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(onOneLine(text)).not.toMatch(OBEYED);
        expect(onOneLine(text)).not.toMatch(/[\n\t]/);
        expect(onLines(text)).not.toMatch(OBEYED);
      }),
    );
  });

  it('keeps a row of a table on one line', () => {
    const lines = table(
      ['A', 'B'],
      [
        ['1', 'x\n2  forged'],
        ['3\u001b[1A', 'y'],
      ],
    ).split('\n');
    expect(lines).toEqual(['A           B', '1           x\\n2  forged', '3\\u001b[1A  y']);
  });

  it('escapes keys and every text inside a value, and leaves lines to the fields that have some', () => {
    const value = { title: 'a\nb', details: 'a\n\u001bb', n: 1, list: ['\u0007'], 'k\n': null };
    expect(printable(value)).toEqual({
      title: 'a\\nb',
      details: 'a\n\\u001bb',
      n: 1,
      list: ['\\u0007'],
      'k\\n': null,
    });
  });
});

describe('JSON', () => {
  it('stays the same value without a character that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (value) => {
        const text = escapeJson(JSON.stringify(value, null, 2));
        expect(JSON.parse(text)).toEqual(value);
        expect(text).not.toMatch(OBEYED);
      }),
    );
  });
});
