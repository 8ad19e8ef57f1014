import { openSync } from 'node:fs';
import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { Config } from '../config/config.js';
import { LineBuffer } from './line-buffer.js';
import { forLog, scrub } from './redact.js';

/** Standard output without blocking the event loop; what is left is written when the process exits. */
function standardOutput(): DestinationStream {
  const buffer = new LineBuffer(1);
  process.on('exit', () => buffer.flushSync());
  return buffer;
}

/** A file that is appended to: where a person watches the terminal, lines for machines go elsewhere. */
export function logFile(path: string): DestinationStream {
  const buffer = new LineBuffer(openSync(path, 'a', 0o600));
  process.on('exit', () => buffer.flushSync());
  return buffer;
}

/** The log: one JSON object a line. Everything in it passes `forLog`, so no caller can forget to leave a secret out. */
export function createLogger(level: Config['logLevel'], destination: DestinationStream = standardOutput()): Logger {
  return pino(
    {
      level,
      // Which host and process wrote a line is known to whoever collects the lines.
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => forLog(fields) as Record<string, unknown>,
      },
      // Errors are spelled out by forLog; pino's own would add every enumerable field of theirs.
      serializers: { err: (error: unknown) => error, error: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((arg) => (typeof arg === 'string' ? scrub(arg) : arg)) as typeof args);
        },
      },
    },
    destination,
  );
}
