import { list, optional, text } from './setting.js';
import type { Setting } from './setting.js';

const httpUrl = (value: string): string => {
  const url = URL.parse(value);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new Error('must be a http:// or https:// URL');
  }
  return value.replace(/\/+$/, '');
};

const ratio = (value: string): number => {
  const number = Number(value);
  if (!/^(\d+\.?\d*|\.\d+)$/.test(value) || number > 1) throw new Error('must be a number from 0 to 1');
  return number;
};

/** `name=value` pairs, percent-encoded (OpenTelemetry's specification). */
const pairs = (value: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    list(value).map((pair) => {
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      if (at < 1 || !/^[\w-]+$/.test(name)) throw new Error('must be a comma list of name=value');
      try {
        return [name, decodeURIComponent(pair.slice(at + 1).trim())];
      } catch {
        throw new Error('must be percent-encoded');
      }
    }),
  );

const dsn = (value: string): string => {
  const url = URL.parse(value);
  if (
    !url ||
    !['http:', 'https:'].includes(url.protocol) ||
    !/^\w+$/.test(url.username) ||
    !/\/\d+$/.test(url.pathname)
  ) {
    throw new Error('must be a DSN of Sentry, such as https://<key>@sentry.example.com/1');
  }
  return value;
};

/** What the service tells others about itself. */
export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optional<string>({
    about:
      'Collector of OpenTelemetry traces (OTLP over HTTP): requests, their statements by name, and calls to other ' +
      'services. Without it none are made. Needs Node 22.15 or newer.',
    example: 'http://localhost:4318',
    parse: httpUrl,
  }),
  OTEL_EXPORTER_OTLP_HEADERS: {
    about: 'Headers for the collector, as a comma list of name=value, percent-encoded.',
    fallback: {},
    secret: true,
    parse: pairs,
  },
  OTEL_SERVICE_NAME: {
    about: 'Name of the service in traces.',
    example: 'taskmaster',
    fallback: 'taskmaster',
    parse: text,
  },
  OTEL_TRACES_SAMPLER_ARG: {
    about:
      'Share of the traces that are recorded, from 0 to 1. A caller that sends traceparent has decided for its own.',
    example: '0.1',
    fallback: 1,
    parse: ratio,
  },
  SENTRY_DSN: optional<string>({
    about: 'Sentry project that receives unexpected failures, without bodies, headers or parameters.',
    example: 'https://<key>@sentry.example.com/1',
    secret: true,
    parse: dsn,
  }),
  SENTRY_ENVIRONMENT: {
    about: 'Name of the environment in Sentry.',
    example: 'production',
    fallback: 'production',
    parse: text,
  },
} as const satisfies Record<string, Setting<unknown>>;
