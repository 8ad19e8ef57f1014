import type { OnApplicationShutdown } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan, RequestListener, RequestTrace } from './ended-request.js';
import type { TraceContext } from './trace-context.js';
import { continued, readTraceparent } from './trace-context.js';

type Attributes = Readonly<Record<string, string | number>>;

/** Work that took place within a request, or by itself. */
export interface FinishedWork {
  readonly name: string;
  readonly kind: 'client' | 'internal';
  readonly seconds: number;
  readonly ok: boolean;
  readonly attributes: Attributes;
}

/** Makes and exports spans. */
export interface Spans {
  startRequest(parent: TraceContext | null): OpenSpan;
  add(work: FinishedWork, parent: OpenSpan | undefined): void;
  /** Exports what is left, within a bound. */
  close(): Promise<void>;
}

/** What is known of a request to another service: never its path or query, which may hold secrets. */
export interface OutboundCall {
  readonly name: string;
  readonly method: string;
  readonly url: string;
}

/** Traces of requests, of the statements within them and of calls to other services. Without an exporter it costs nothing. */
export class Tracing implements OnApplicationShutdown {
  readonly #active = new AsyncLocalStorage<OpenSpan>();

  constructor(private readonly spans: Spans | null = null) {}

  /** The trace of a request with this `traceparent`; null when nobody asks for one. */
  start(traceparent: unknown): RequestTrace | null {
    const parent = readTraceparent(traceparent);
    if (this.spans) {
      const span = this.spans.startRequest(parent);
      return { context: span.context, span };
    }
    return parent && { context: continued(parent), span: null };
  }

  /** Runs what belongs to a request. */
  within(trace: RequestTrace | null, run: () => void): void {
    if (trace?.span) this.#active.run(trace.span, run);
    else run();
  }

  /** A statement within a request. Statements of jobs have no span: they run all the time. */
  statement(name: string, seconds: number, ok: boolean, pool: string): void {
    const parent = this.#active.getStore();
    if (!this.spans || !parent) return;
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name, 'taskmaster.pool': pool };
    this.spans.add({ name: name || 'sql', kind: 'client', seconds, ok, attributes }, parent);
  }

  /** Runs a request to another service; `statusOf` reads the status of its answer. */
  async outbound<T>(call: OutboundCall, run: () => Promise<T>, statusOf: (answer: T) => number | null): Promise<T> {
    if (!this.spans) return run();
    const started = performance.now();
    let status: number | null = null;
    try {
      const answer = await run();
      status = statusOf(answer);
      return answer;
    } finally {
      this.#add(call, (performance.now() - started) / 1000, status);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.spans?.close();
  }

  #add({ name, method, url }: OutboundCall, seconds: number, status: number | null): void {
    const target = URL.parse(url);
    const attributes = {
      'http.request.method': method,
      ...(target ? { 'server.address': target.hostname } : {}),
      ...(status === null ? {} : { 'http.response.status_code': status }),
    };
    const ok = status !== null && status < 400;
    this.spans?.add({ name, kind: 'client', seconds, ok, attributes }, this.#active.getStore());
  }
}

/** Ends the span of a request. */
export const endTrace: RequestListener = (request, trace) => trace?.span?.end(request);
