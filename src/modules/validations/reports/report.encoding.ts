import { unreadable } from './problems.js';

const XML_DECLARATION = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']+)["']/;
/** Bytes in which a declaration must have ended. */
const DECLARATION_MAX = 256;

/** The encoding that the first bytes show, or null. Windows PowerShell writes UTF-16 when output is redirected to a file. */
function shown(bytes: Uint8Array): string | null {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a !== 0 && a !== undefined && b === 0)) return 'utf-16le';
  return (a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && b !== undefined) ? 'utf-16be' : null;
}

/** The encoding that an XML declaration names. One that is read as single bytes is not in UTF-16, whatever it says. */
function declared(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, DECLARATION_MAX))
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '');
  const name = XML_DECLARATION.exec(start)?.[1] ?? 'utf-8';
  return /^(utf|ucs|iso-?10646)/i.test(name) ? 'utf-8' : name;
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    return new TextDecoder('utf-8', { fatal: true });
  }
}

/**
 * The text of a report file: by its byte order mark, else by its XML declaration, else UTF-8.
 * @throws Fault MALFORMED_BODY if the bytes are not in that encoding: replaced characters would be stored instead
 */
export function textOfReport(bytes: Uint8Array): string {
  const decoder = decoderOf(shown(bytes) ?? declared(bytes));
  try {
    return decoder.decode(bytes);
  } catch {
    throw unreadable(`The body is not valid ${decoder.encoding.toUpperCase()}.`);
  }
}
