import { Global, Logger, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Database } from '../database/database.js';
import { FailureReports } from './failure-reports.js';
import { Metrics } from './metrics.js';
import { MetricsServer } from './metrics-server.js';
import { Tracing } from './tracing.js';

/** Loads OpenTelemetry only where traces are wanted. */
async function openTracing(config: Config, database: Database): Promise<Tracing> {
  if (!config.tracing) return new Tracing();
  const logger = new Logger(Tracing.name);
  const { openSpans } = await import('./otlp-spans.js');
  const spans = openSpans(config.tracing, (error) => logger.warn({ error }, 'traces cannot be exported'));
  const tracing = new Tracing(spans);
  database.onQuery(({ statement, seconds, ok, pool }) => tracing.statement(statement, seconds, ok, pool));
  return tracing;
}

/** Loads the SDK of Sentry only where it is wanted. */
async function openReports({ sentry }: Config): Promise<FailureReports> {
  return new FailureReports(sentry ? (await import('./sentry-reporter.js')).openSentry(sentry) : null);
}

/** The registry of metrics, the server that exposes it, traces and reports of failures. */
@Global()
@Module({
  providers: [
    Metrics,
    MetricsServer,
    { provide: Tracing, useFactory: openTracing, inject: [CONFIG, Database] },
    { provide: FailureReports, useFactory: openReports, inject: [CONFIG] },
  ],
  exports: [FailureReports, Metrics, MetricsServer, Tracing],
})
export class TelemetryModule {}
