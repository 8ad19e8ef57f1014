import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settings } from '../../src/platform/config/settings.js';
import type { Compose } from './policies/compose.js';
import { parseYaml } from './policies/yaml.js';

interface ScrapeJob {
  readonly job_name: string;
  readonly metrics_path?: string;
  readonly sample_limit?: number;
  readonly dns_sd_configs?: readonly { readonly names: readonly string[]; readonly port: number }[];
}

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): unknown => parseYaml(readFileSync(join(root, path), 'utf8'));
const prometheus = read('monitoring/prometheus.yml') as { readonly scrape_configs: readonly ScrapeJob[] };
const { services } = read('docker-compose.yml') as Compose;
const job = prometheus.scrape_configs.find((one) => one.job_name === 'taskmaster')!;

describe('monitoring/prometheus.yml', () => {
  it('scrapes the metrics listener of the compose service', () => {
    const [target] = job.dns_sd_configs!;
    expect(target!.names.every((name) => name in services)).toBe(true);
    expect(String(target!.port)).toBe(services['api']!.environment!['METRICS_PORT']);
    expect(target!.port).toBe(settings.METRICS_PORT.fallback);
    expect(job.metrics_path).toBe('/metrics');
  });

  it('shares exactly one network with the service, because two would list every instance twice', () => {
    const shared = services['prometheus']!.networks!.filter((name) => services['api']!.networks!.includes(name));
    expect(shared).toHaveLength(1);
  });

  it('limits the number of samples of a scrape', () => {
    expect(job.sample_limit).toBeGreaterThan(0);
  });

  it('scrapes an unpublished listener', () => {
    expect(services['api']!.ports!.filter((port) => port.includes('8080'))).toEqual([]);
  });
});
