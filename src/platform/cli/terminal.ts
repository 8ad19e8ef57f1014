import { Command } from 'commander';
import type { Readable, Writable } from 'node:stream';

/** What a command has of its process. It is `process` itself, except in tests that start no process. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  exitCode?: number | string | null | undefined;
}

/** The command line on a terminal. */
export class Program extends Command {
  constructor(
    name: string,
    readonly terminal: Terminal,
  ) {
    super(name);
  }
}

/** The terminal of the program that the command is part of. */
export function terminalOf(command: Command): Terminal {
  let root = command;
  while (root.parent) root = root.parent;
  return root instanceof Program ? root.terminal : process;
}
