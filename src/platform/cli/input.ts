import { readFile } from 'node:fs/promises';
import { CommandFailure, EXIT } from './exit.js';
import type { Terminal } from './terminal.js';

/** The name that stands for standard input. */
export const STANDARD_INPUT = '-';

const BYTE_ORDER_MARK = '\uFEFF';

/** How a message names the file. */
export function nameOf(file: string): string {
  return file === STANDARD_INPUT ? 'Standard input' : file;
}

/** The bytes of a file, or of standard input for `-`. @throws CommandFailure */
export async function readBytes(file: string, { stdin }: Terminal): Promise<Buffer> {
  if (file === STANDARD_INPUT) {
    const chunks: Buffer[] = [];
    for await (const chunk of stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read';
    throw new CommandFailure(`${file} ${why}.`, EXIT.usage);
  }
}

/**
 * JSON and XML begin with an ASCII character, so zeros around the first one show a wider encoding, also without a byte
 * order mark.
 */
export function wideEncodingOf(bytes: Buffer): string | null {
  const head = bytes.subarray(0, 4).toString('hex');
  if (/^(fffe0000|0000feff|000000..|..000000)/.test(head)) return 'UTF-32';
  return /^(fffe|feff|00..|..00)/.test(head) ? 'UTF-16' : null;
}

/** Where the first byte is that UTF-8 does not allow there. */
function firstInvalid(bytes: Buffer): number {
  let [from, to] = [0, bytes.length];
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    // A prefix may end inside a character, which `stream` allows.
    if (isUtf8Prefix(bytes.subarray(0, middle))) from = middle;
    else to = middle - 1;
  }
  return from;
}

function isUtf8Prefix(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * The text of a file that must be UTF-8, as the service demands of a request. Replacing what is not would store
 * damaged text, and the next export would write it over the file.
 * @throws CommandFailure
 */
export function decodeUtf8(bytes: Buffer, name: string): string {
  const wide = wideEncodingOf(bytes);
  if (wide !== null) throw new CommandFailure(`${name} is ${wide}; save it as UTF-8.`, EXIT.usage);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const message = `${name} is not valid UTF-8 (see byte ${firstInvalid(bytes) + 1}); save it as UTF-8.`;
    throw new CommandFailure(message, EXIT.usage);
  }
  if (text.replace(BYTE_ORDER_MARK, '').trim() === '') throw new CommandFailure(`${name} is empty.`, EXIT.usage);
  return text;
}

/** The text of a file, or of standard input for `-`. @throws CommandFailure */
export async function readText(file: string, terminal: Terminal): Promise<string> {
  return decodeUtf8(await readBytes(file, terminal), nameOf(file));
}
