import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

const STACK = /\n\s+at /;

/** Contexts of the hundred lines that Nest logs at every start. */
const STARTING = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Writes the log of Nest and of every `Logger` through pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  /** Nest passes `(message or fields, …, context)`, with an optional text or stack before the context. */
  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const fields: Record<string, unknown> = {};
    const texts: string[] = [];
    const context = rest.at(-1);
    const others = typeof context === 'string' ? rest.slice(0, -1) : rest;
    if (typeof context === 'string') fields['context'] = context;
    for (const part of [message, ...others]) {
      if (part instanceof Error) fields['error'] = part;
      else if (typeof part === 'string' && STACK.test(part)) fields['stack'] = part;
      else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
      else if (typeof part === 'string') texts.push(part);
      else if (part !== undefined) texts.push(JSON.stringify(part));
    }
    const quiet = level === 'info' && typeof context === 'string' && STARTING.has(context);
    this.logger[quiet ? 'debug' : level](fields, texts.join(' '));
  }
}
