import type { Environment } from './settings.js';

/** Where traces go. */
export interface TracingConfig {
  /** URL without a slash at its end. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Share of the traces that begin here. */
  readonly ratio: number;
}

/** Where unexpected failures are reported. */
export interface SentryConfig {
  readonly dsn: string;
  readonly environment: string;
}

/** What the service tells others about itself. */
export interface TelemetryConfig {
  /** Undefined without traces. */
  readonly tracing: TracingConfig | undefined;
  /** Undefined without Sentry. */
  readonly sentry: SentryConfig | undefined;
  readonly metrics: { readonly enabled: boolean; readonly port: number };
}

/** The first version of Node that the OpenTelemetry exporter supports. */
const TRACING_NODE = [22, 15] as const;

function tracingOf(environment: Environment): TracingConfig | undefined {
  if (environment.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined;
  return {
    endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: environment.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: environment.OTEL_SERVICE_NAME,
    ratio: environment.OTEL_TRACES_SAMPLER_ARG,
  };
}

function sentryOf(environment: Environment): SentryConfig | undefined {
  const { SENTRY_DSN: dsn, SENTRY_ENVIRONMENT: name } = environment;
  return dsn === undefined ? undefined : { dsn, environment: name };
}

export function telemetryOf(environment: Environment): TelemetryConfig {
  return {
    tracing: tracingOf(environment),
    sentry: sentryOf(environment),
    metrics: { enabled: environment.PROMETHEUS_ENABLED, port: environment.METRICS_PORT },
  };
}

export function tracingProblems(environment: Environment, node = process.versions.node): string[] {
  if (environment.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return [];
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = TRACING_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return [];
  return [`OTEL_EXPORTER_OTLP_ENDPOINT needs Node ${TRACING_NODE.join('.')} or newer; this is ${node}.`];
}
