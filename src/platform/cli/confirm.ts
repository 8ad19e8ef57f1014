import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { onLines } from './printable.js';
import type { Terminal } from './terminal.js';

/** Whether somebody is there to answer. */
export function isInteractive({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks on standard error, because standard output may go to a file. Anything but yes is no. */
export async function confirm(question: string, input: Readable, output: Writable): Promise<boolean> {
  const lines = createInterface({ input, output });
  const answer = await new Promise<string>((resolve) => {
    lines.once('line', resolve);
    // The end of the input is an answer too: otherwise the command would end as if it had succeeded.
    lines.once('close', () => resolve(''));
    output.write(`${onLines(question)} [y/N] `);
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
