import { openSync } from 'node:fs';
import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, LogFn, Logger } from 'pino';
import type { Config } from '../config/config.js';
import { logDestination } from './log-destination.js';
import { forLog, scrub } from './redact.js';
import { RepeatedLines } from './repeated-lines.js';

const STDOUT = 1;
const WARN = 40;

type LogArguments = Parameters<LogFn>;

/** Two warnings are the same when text and error are; what belongs to a request is never the same as another. */
function identityOf([fields, text]: LogArguments, level: number): string | null {
  if (level < WARN || typeof fields !== 'object' || fields === null || 'requestId' in fields) return null;
  const { error } = fields as { error?: { message?: string; code?: string } };
  return `${level} ${String(text)} ${error?.code ?? ''} ${error?.message ?? ''}`;
}

/** A file that is appended to, where a person watches the terminal. */
export function logFile(path: string): DestinationStream {
  return logDestination(openSync(path, 'a', 0o600));
}

/** One JSON object a line. Every field passes `forLog`, so that no caller can log a secret by mistake. */
export function createLogger(
  level: Config['logLevel'],
  destination: DestinationStream = logDestination(STDOUT),
): Logger {
  const repeated = new RepeatedLines();
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
        logMethod(args, method, level) {
          const identity = identityOf(args, level);
          const suppressed = identity === null ? 0 : repeated.admit(identity);
          if (suppressed === null) return;
          const [fields, ...texts] = args.map((arg) => (typeof arg === 'string' ? scrub(arg) : arg)) as LogArguments;
          const counted = suppressed > 0 ? { ...(fields as object), suppressed } : fields;
          method.apply(this, [counted, ...texts] as LogArguments);
        },
      },
    },
    destination,
  );
}
