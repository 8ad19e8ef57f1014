import { describe, expect, it } from '@jest/globals';
import { entityTags } from './entity-tags.js';

describe('a list of entity tags', () => {
  it.each([
    ['"1"', ['"1"']],
    ['W/"1" , "a,b"\t,,"3"', ['"1"', '"a,b"', '"3"']],
    [' , "1" , ', ['"1"']],
  ])('%j is read', (header, tags) => {
    expect(entityTags(header)).toMatchObject(tags.map((opaque) => ({ opaque })));
  });

  it.each(['', ' ', ',', '"1" "2"', '"1', '1', 'W/', `"1",${' '.repeat(16_000)}x`])('%j is refused', (header) => {
    expect(entityTags(header)).toBeNull();
  });

  // Seen to fail: where two parts of the pattern matched the same spaces, a million of them took minutes to refuse.
  it('is refused at once when no request could hold it', () => {
    expect(entityTags(`"1",${' '.repeat(1_000_000)}x`)).toBeNull();
    expect(entityTags(`"1",${' '.repeat(1_000_000)}"2"`)).toBeNull();
  });
});
