/** Runs a program on the service's Node in place of this process: its output, its signals and its exit code. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root, serviceNode } from './prepare.mjs';

const SAME_SIGNAL_MS = 1_000;

/**
 * Node's flags of the service; those of the image are the same (Dockerfile). V8 lets the young generation grow to 100 MB,
 * which a service at rest never gives back: with 24 MB it holds 175 MB instead of 223 at rest, and 316 instead of 430 after
 * load, at the same processor time per request. Source maps would take 17 MB: compiled files have the names of their
 * sources, nearly line by line.
 */
export const SERVICE_FLAGS = ['--max-semi-space-size=8'];

/**
 * Runs a service: in a session of its own, so that every signal comes from here. Ctrl-C reaches the whole foreground
 * group and npm passes on what it receives; one Ctrl-C would arrive up to three times, and a second one means "do not
 * wait". The channel lets the service notice that this process was killed.
 */
export function launchService(args) {
  const detached = process.platform !== 'win32';
  const child = spawn(serviceNode(), [...SERVICE_FLAGS, ...args], {
    cwd: root,
    detached,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let last = -SAME_SIGNAL_MS;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (performance.now() - last < SAME_SIGNAL_MS) return;
      last = performance.now();
      child.kill(signal);
    });
  }
  endWith(child);
}

/** Runs a command that may ask its user something: it stays in the terminal's group, which gets Ctrl-C by itself. */
export function launchCommand(args, { env = process.env, cwd = process.cwd() } = {}) {
  const child = spawn(serviceNode(), args, { cwd, env, stdio: 'inherit' });
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  endWith(child);
}

function endWith(child) {
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
