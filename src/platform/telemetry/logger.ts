import { openSync } from 'node:fs';
import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { Config } from '../config/config.js';
import { logDestination } from './log-destination.js';
import { forLog, scrub } from './redact.js';

const STDOUT = 1;

/** A file that is appended to, where a person watches the terminal. */
export function logFile(path: string): DestinationStream {
  return logDestination(openSync(path, 'a', 0o600));
}

/** One JSON object a line. Every field passes `forLog`, so that no caller can log a secret by mistake. */
export function createLogger(
  level: Config['logLevel'],
  destination: DestinationStream = logDestination(STDOUT),
): Logger {
  return pino(
    {
      level,
      // Collectors add host and process themselves.
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => forLog(fields) as Record<string, unknown>,
      },
      // forLog formats errors; pino's own serializer would add every enumerable field of an error.
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
