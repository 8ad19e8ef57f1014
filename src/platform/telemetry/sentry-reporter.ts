import type { Event } from '@sentry/core';
import { createStackParser, createTransport } from '@sentry/core';
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server';
import type { SentryConfig } from '../config/telemetry-config.js';
import type { FailurePlace, FailureReporter } from './failure-reports.js';
import { scrub } from './redact.js';
import { VERSION } from './version.js';

const SEND_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 2_000;
const CAUSES_MAX = 3;

const parseStack = createStackParser(nodeStackLineParser());

type Exceptions = NonNullable<NonNullable<Event['exception']>['values']>;

/** The messages of PostgreSQL quote values of rows and parameters; its codes do not. */
function messageOf(error: Error): string {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  if (typeof severity === 'string' && typeof code === 'string') return `PostgreSQL answered with SQLSTATE ${code}`;
  return scrub(error.message);
}

/** An error and what caused it, the innermost first, as Sentry wants them. */
function exceptionsOf(error: unknown, depth = 0): Exceptions {
  if (!(error instanceof Error)) return [{ type: 'Error', value: 'Something was thrown that is no error.' }];
  // The first lines of a stack repeat the message.
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  const exception = {
    type: error.name,
    value: messageOf(error),
    ...(frames ? { stacktrace: { frames: parseStack(`Error\n${frames.join('\n')}`) } } : {}),
    mechanism: { type: 'generic', handled: true },
  };
  const causes = error.cause && depth < CAUSES_MAX ? exceptionsOf(error.cause, depth + 1) : [];
  return [...causes, exception];
}

type Options = Parameters<typeof createTransport>[0] & {
  readonly url: string;
  readonly headers?: Record<string, string>;
};

function transport(options: Options): ReturnType<typeof createTransport> {
  return createTransport(options, async ({ body }) => {
    const answer = await fetch(options.url, {
      method: 'POST',
      body: typeof body === 'string' ? body : Buffer.from(body),
      headers: { ...options.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(SEND_WITHIN_MS),
    });
    await answer.body?.cancel();
    return {
      statusCode: answer.status,
      headers: {
        'x-sentry-rate-limits': answer.headers.get('x-sentry-rate-limits'),
        'retry-after': answer.headers.get('retry-after'),
      },
    };
  });
}

/**
 * Reports to Sentry. Of its SDK only the core is used: the package for Node would add integrations that read headers, bodies
 * and statements, and tools of 80 MB.
 */
export function openSentry({ dsn, environment }: SentryConfig): FailureReporter {
  const client = new ServerRuntimeClient({
    dsn,
    environment,
    release: `taskmaster@${VERSION}`,
    platform: 'node',
    runtime: { name: 'node', version: process.version },
    integrations: [],
    stackParser: parseStack,
    transport,
  });
  client.init();
  return {
    send(error: unknown, { requestId, route, traceId }: FailurePlace): void {
      client.captureEvent({
        level: 'error',
        transaction: route,
        exception: { values: exceptionsOf(error) },
        tags: { request_id: requestId, ...(traceId === undefined ? {} : { trace_id: traceId }) },
      });
    },
    async close(): Promise<void> {
      await client.close(CLOSE_WITHIN_MS);
    },
  };
}
