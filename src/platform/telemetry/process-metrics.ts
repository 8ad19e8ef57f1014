import { Gauge, collectDefaultMetrics } from 'prom-client';
import type { Registry } from 'prom-client';
import { VERSION } from './version.js';

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
    help: 'Memory of the process.',
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
    help: 'Always 1; the label says which version runs.',
    labelNames: ['version'],
    registers,
  }).set({ version: VERSION }, 1);
  collectDefaultMetrics({ register: registry });
}
