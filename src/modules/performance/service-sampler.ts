import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Histogram, Registry } from 'prom-client';
import type { PoolSnapshot } from '../../platform/database/pool-stats.js';
import type { Buckets, Measurement } from './performance.rules.js';
import { countOf, observedSince, quantile, mergeBuckets } from './performance.rules.js';

const REQUESTS = 'taskmaster_http_request_duration_seconds';
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 };
const NANOSECONDS = 1e9;

/** Counters of a pool are reported as their increase since the last sample; gauges as their current value. */
const POOL_COUNTERS = ['total', 'failed', 'acquires', 'acquireSeconds', 'exhausted'] as const;
const POOL_GAUGES = ['size', 'idle', 'waiting', 'inFlight'] as const;
const POOL_NAMES: Readonly<Record<(typeof POOL_COUNTERS)[number] | (typeof POOL_GAUGES)[number], [string, string]>> = {
  total: ['db_queries', 'queries'],
  failed: ['db_queries_failed', 'queries'],
  acquires: ['db_pool_acquires', 'connections'],
  acquireSeconds: ['db_pool_acquire_time', 'seconds'],
  exhausted: ['db_pool_exhausted', 'requests'],
  size: ['db_pool_size', 'connections'],
  idle: ['db_pool_idle', 'connections'],
  waiting: ['db_pool_waiting', 'requests'],
  inFlight: ['db_pool_in_flight', 'queries'],
};

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: Buckets;
}

/** Samples this instance. Each sample covers the time since the previous one. */
export class ServiceSampler {
  readonly #loop = monitorEventLoopDelay({ resolution: 20 });
  #requests = new Map<string, Series>();
  #pools = new Map<string, PoolSnapshot>();
  #utilization = performance.eventLoopUtilization();
  #cpu = process.cpuUsage();

  constructor(
    private readonly registry: Registry,
    private readonly snapshot: () => readonly PoolSnapshot[],
  ) {
    this.#loop.enable();
  }

  stop(): void {
    this.#loop.disable();
  }

  async measure(): Promise<Measurement[]> {
    const all = [...(await this.#requestsSince()), ...this.#poolsSince(), ...this.#process()];
    // Without observations, a delay is NaN.
    return all.filter(({ value }) => Number.isFinite(value));
  }

  async #requestsSince(): Promise<Measurement[]> {
    const now = await seriesOf(this.registry);
    const since = [...now].map(([key, { labels, buckets }]) => ({
      labels,
      buckets: observedSince(this.#requests.get(key)?.buckets, buckets),
    }));
    this.#requests = now;
    const active = since.filter(({ buckets }) => countOf(buckets) > 0);
    return [
      ...active.map(({ labels, buckets }) => ({
        ...{ name: 'http_requests', value: countOf(buckets), unit: 'requests', labels },
      })),
      ...durations(active),
    ];
  }

  #poolsSince(): Measurement[] {
    return this.snapshot().flatMap((pool) => {
      const before = this.#pools.get(pool.pool);
      this.#pools.set(pool.pool, pool);
      const measure = (key: keyof typeof POOL_NAMES, value: number): Measurement => {
        const [name, unit] = POOL_NAMES[key];
        return { name, value, unit, labels: { pool: pool.pool } };
      };
      return [
        ...POOL_COUNTERS.map((key) => measure(key, pool[key] - (before?.[key] ?? 0))),
        ...POOL_GAUGES.map((key) => measure(key, pool[key])),
      ];
    });
  }

  #process(): Measurement[] {
    const { rss, heapUsed } = process.memoryUsage();
    const used = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(used, this.#utilization).utilization;
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#utilization = used;
    this.#cpu = process.cpuUsage();
    const delays = { p50: this.#loop.percentile(50), p99: this.#loop.percentile(99), max: this.#loop.max };
    this.#loop.reset();
    return [
      { name: 'memory', value: rss, unit: 'bytes', labels: { type: 'rss' } },
      { name: 'memory', value: heapUsed, unit: 'bytes', labels: { type: 'heap_used' } },
      { name: 'cpu_time', value: (user + system) / 1e6, unit: 'seconds', labels: {} },
      { name: 'event_loop_utilization', value: busy, unit: 'ratio', labels: {} },
      ...Object.entries(delays).map(([which, value]) => ({
        ...{ name: `event_loop_delay_${which}`, value: value / NANOSECONDS, unit: 'seconds', labels: {} },
      })),
    ];
  }
}

/** By method and route, but not by status: the durations of failures alone would say little. */
function durations(active: readonly Series[]): Measurement[] {
  const routes = new Map<string, Series[]>();
  for (const one of active) {
    const route = `${one.labels['method'] ?? ''} ${one.labels['route'] ?? ''}`;
    routes.set(route, [...(routes.get(route) ?? []), one]);
  }
  return [...routes.values()].flatMap((series) => {
    const { method = '', route = '' } = series[0]?.labels ?? {};
    const buckets = mergeBuckets(series.map((one) => one.buckets));
    return Object.entries(QUANTILES).map(([which, q]) => ({
      ...{ name: `http_request_duration_${which}`, value: quantile(q, buckets), unit: 'seconds' },
      labels: { method, route },
    }));
  });
}

async function seriesOf(registry: Registry): Promise<Map<string, Series>> {
  const metric = registry.getSingleMetric(REQUESTS) as Histogram | undefined;
  const { values = [] } = (await metric?.get()) ?? {};
  const series = new Map<string, { labels: Record<string, string>; bounds: { upTo: number; count: number }[] }>();
  for (const { metricName, labels, value } of values) {
    if (metricName !== `${REQUESTS}_bucket`) continue;
    const { le, ...own } = labels as Record<string, string | number>;
    const key = JSON.stringify(own);
    const one = series.get(key) ?? { labels: own as Record<string, string>, bounds: [] };
    one.bounds.push({ upTo: le === '+Inf' ? Infinity : Number(le), count: value });
    series.set(key, one);
  }
  return new Map([...series].map(([key, { labels, bounds }]) => [key, { labels, buckets: { bounds } }]));
}
