import { describe, expect, it } from '@jest/globals';
import { decodeUtf8 } from './input.js';

const text = '{"title":"Grüße 🚀"}';

function utf16(bigEndian: boolean, mark: boolean): Buffer {
  const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

describe('a file', () => {
  it.each([
    ['with a byte order mark', `\uFEFF${text}`],
    ['without one', text],
  ])('is read as UTF-8 %s', (_name, content) => {
    expect(decodeUtf8(Buffer.from(content), 'a.json')).toBe(content);
  });

  it.each([
    ['Latin-1', Buffer.from(text, 'latin1'), 'a.json is not valid UTF-8 (see byte 13); save it as UTF-8.'],
    [
      'cut inside a character',
      Buffer.from('"ü').subarray(0, 2),
      'a.json is not valid UTF-8 (see byte 3); save it as UTF-8.',
    ],
    [
      'half a surrogate pair',
      Buffer.from('22eda08022', 'hex'),
      'a.json is not valid UTF-8 (see byte 3); save it as UTF-8.',
    ],
    ['UTF-16, little endian, with its mark', utf16(false, true), 'a.json is UTF-16; save it as UTF-8.'],
    ['UTF-16, big endian, with its mark', utf16(true, true), 'a.json is UTF-16; save it as UTF-8.'],
    ['UTF-16, little endian', utf16(false, false), 'a.json is UTF-16; save it as UTF-8.'],
    ['UTF-16, big endian', utf16(true, false), 'a.json is UTF-16; save it as UTF-8.'],
    ['UTF-32', Buffer.from('fffe00007b000000', 'hex'), 'a.json is UTF-32; save it as UTF-8.'],
    ['empty', Buffer.alloc(0), 'a.json is empty.'],
    ['white space alone', Buffer.from('\uFEFF \n'), 'a.json is empty.'],
  ])('that is %s is refused with the reason and its name', (_name, bytes, message) => {
    expect(() => decodeUtf8(bytes, 'a.json')).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });
});
