import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quotedValue, splitValues } from './value-list.js';

const texts = (list: string): string[] | null => splitValues(list)?.map(({ text }) => text) ?? null;

describe('comma-separated values', () => {
  it.each([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['', ['']],
    ['a,,b,', ['a', '', 'b', '']],
    ['"a, b",c', ['a, b', 'c']],
    ['"say ""hi"", twice"', ['say "hi", twice']],
    ['5" pipe', ['5" pipe']],
    ['""', ['']],
    ['"a', null],
    ['"a"b', null],
    ['a,"b', null],
  ])('%s are %j', (list, values) => expect(texts(list)).toEqual(values));

  it('tell null from the text null', () => {
    expect(splitValues('null,"null"')).toEqual([
      { text: 'null', isQuoted: false },
      { text: 'null', isQuoted: true },
    ]);
  });

  it('hold any text once it is quoted', () => {
    const any = fc.oneof(fc.string(), fc.constantFrom('null', 'a,b', '"', ',', '\n'));
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 5 }), (values) => {
        const read = splitValues(values.map(quotedValue).join(','));
        expect(read?.map(({ text }) => text)).toEqual(values);
        expect(read?.some(({ text, isQuoted }) => text === 'null' && !isQuoted)).toBe(false);
      }),
    );
  });
});
