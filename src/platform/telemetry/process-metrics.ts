import { Gauge, collectDefaultMetrics } from 'prom-client';
import type { Registry } from 'prom-client';
import { VERSION } from './version.js';

/** Gauges of prom-client that end like counters. The sum over the types of the metric without the ending is the same. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Uptime and memory under the names of the dashboards, and Node's default metrics: event loop lag, GC, CPU. */
export function processMetrics(registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: 'taskmaster_uptime_seconds',
    help: 'Seconds since the process started.',
    registers,
    collect() {
      this.set(process.uptime());
    },
  });
  new Gauge({
    name: 'taskmaster_memory_usage_bytes',
    help: 'Bytes of memory of the process: heap_used (live objects), heap_total, rss (all that is resident) and external (buffers).',
    labelNames: ['type'],
    registers,
    collect() {
      const { heapUsed, heapTotal, rss, external } = process.memoryUsage();
      this.set({ type: 'heap_used' }, heapUsed);
      this.set({ type: 'heap_total' }, heapTotal);
      this.set({ type: 'rss' }, rss);
      this.set({ type: 'external' }, external);
    },
  });
  new Gauge({
    name: 'taskmaster_build_info',
    help: 'Always 1; the label says which version of the service runs.',
    labelNames: ['version'],
    registers,
  }).set({ version: VERSION }, 1);
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
