import type { Context, Span, SpanContext } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracingConfig } from '../config/telemetry-config.js';
import type { EndedRequest, OpenSpan } from './ended-request.js';
import type { TraceContext } from './trace-context.js';
import type { FinishedWork, Spans } from './tracing.js';
import { VERSION } from './version.js';

const EXPORT_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 3_000;
/** Milliseconds between exports. */
const EXPORT_EVERY_MS = 2_000;

/** Receives why spans could not be exported. */
type OnFailure = (error: Error) => void;

class Exporter extends OTLPTraceExporter {
  constructor(
    { endpoint, headers }: TracingConfig,
    private readonly onFailure: OnFailure,
  ) {
    super({ url: `${endpoint}/v1/traces`, headers: { ...headers }, timeoutMillis: EXPORT_WITHIN_MS });
  }

  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    super.export(spans, (result) => {
      if (result.error) this.onFailure(result.error);
      done(result);
    });
  }
}

const contextOf = ({ traceId, spanId, traceFlags }: SpanContext): TraceContext => ({
  traceId,
  spanId,
  isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
});

function remote({ traceId, spanId, isSampled }: TraceContext): Context {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** The names are those of OpenTelemetry's semantic conventions. */
function endRequest(span: Span, request: EndedRequest): void {
  const { method, route, status, requestId } = request;
  span.updateName(`${method} ${route}`);
  span.setAttributes({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    ...(requestId === undefined ? {} : { 'taskmaster.request_id': requestId }),
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Spans over OTLP/HTTP in JSON. No provider is registered, so that no library adds spans of its own with what it knows. */
export function openSpans(config: TracingConfig, onFailure: OnFailure): Spans {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': config.serviceName, 'service.version': VERSION }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new Exporter(config, onFailure), scheduledDelayMillis: EXPORT_EVERY_MS }),
    ],
  });
  const tracer = provider.getTracer('taskmaster', VERSION);
  return {
    startRequest(parent): OpenSpan {
      const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, parent ? remote(parent) : ROOT_CONTEXT);
      return { context: contextOf(span.spanContext()), end: (request) => endRequest(span, request) };
    },
    add({ name, kind, seconds, ok, attributes }: FinishedWork, parent): void {
      const ended = Date.now();
      const span = tracer.startSpan(
        name,
        {
          kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
          startTime: ended - seconds * 1000,
          attributes: { ...attributes },
        },
        parent ? remote(parent.context) : ROOT_CONTEXT,
      );
      if (!ok) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(ended);
    },
    async close(): Promise<void> {
      const patience = new AbortController();
      const late = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_WITHIN_MS);
        patience.signal.addEventListener('abort', () => clearTimeout(timer));
      });
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      patience.abort();
    },
  };
}
