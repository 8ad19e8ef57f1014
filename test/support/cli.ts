import { execFile } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/command-line.js';
import type { Terminal } from '../../src/platform/cli/terminal.js';

const program = fileURLToPath(new URL('../api/cli-program.mjs', import.meta.url));

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly env: Readonly<Record<string, string>>;
}

interface ProcessOptions extends CliOptions {
  readonly input?: string | Buffer;
  readonly cwd?: string;
}

/** Keeps what is written to it. */
class Kept extends Writable {
  text = '';

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/**
 * Runs the command line in this process, because a new process costs 0.2 s of processor time. Standard input is empty, so
 * nobody can answer a question.
 */
export async function runCli(args: readonly string[], { env }: CliOptions): Promise<CliRun> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const terminal: Terminal = { env: { ...process.env, ...env }, stdin: Readable.from([]), stdout, stderr };
  await runCommandLine(args, terminal);
  return { code: Number(terminal.exitCode ?? 0), out: stdout.text, err: stderr.text };
}

/** Runs the command line as a process, for tests of arguments, exit codes and pipes. */
export function runCliProcess(args: readonly string[], { env, input, cwd }: ProcessOptions): Promise<CliRun> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--no-warnings', program, ...args],
      { env: { ...process.env, ...env }, timeout: 60_000, ...(cwd === undefined ? {} : { cwd }) },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end(input ?? '');
  });
}
