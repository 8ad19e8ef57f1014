import { describe, expect, it } from '@jest/globals';
import { textOfReport } from './report.encoding.js';

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
const bigEndian = (text: string): Buffer => utf16(text).swap16();
const xml = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><testsuite name="Größe"/>`;

describe('the text of a report', () => {
  it.each([
    ['UTF-8', Buffer.from(xml('UTF-8')), xml('UTF-8')],
    ['UTF-8 that is declared as utf8', Buffer.from(xml('utf8')), xml('utf8')],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${xml('utf-8')}`), xml('utf-8')],
    ['UTF-16 with a byte order mark', utf16(xml('utf-16')), xml('utf-16')],
    ['UTF-16 of big-endian order', bigEndian(xml('utf-16')), xml('utf-16')],
    ['UTF-16 without a byte order mark', utf16(xml('utf-16')).subarray(2), xml('utf-16')],
    ['UTF-8 that a converter left declared as UTF-16', Buffer.from(xml('utf-16')), xml('utf-16')],
    ['ISO-8859-1 that is declared', Buffer.from(xml('ISO-8859-1'), 'latin1'), xml('ISO-8859-1')],
    ['UTF-8 that is declared as something unknown', Buffer.from(xml('klingon')), xml('klingon')],
    ['JSON in UTF-16, as PowerShell writes it', utf16('{"runs":[]}'), '{"runs":[]}'],
    ['nothing', Buffer.alloc(0), ''],
  ])('is read from %s', (_, bytes, text) => {
    expect(textOfReport(bytes)).toBe(text);
  });

  it.each([
    ['ISO-8859-1 without a declaration', Buffer.from('<testsuite name="Größe"/>', 'latin1'), 'UTF-8'],
    ['ISO-8859-1 that is declared as UTF-8', Buffer.from(xml('UTF-8'), 'latin1'), 'UTF-8'],
    ['half a sign of UTF-16', utf16('<a/>').subarray(0, 5), 'UTF-16LE'],
  ])('is refused in %s', (_, bytes, encoding) => {
    expect(() => textOfReport(bytes)).toThrow(`The body is not valid ${encoding}.`);
  });
});
