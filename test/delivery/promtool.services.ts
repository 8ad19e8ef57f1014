import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { MetricsServer } from '../../src/platform/telemetry/metrics-server.js';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

/*
 * What promtool (Debian: prometheus) says of our metrics and of the configuration that scrapes them.
 * Seen to fail: with Node's default metrics as prom-client names them, and with a counter that does not end in `_total`.
 */
const root = resolve(import.meta.dirname, '../..');

/** Names that dashboards know and promtool objects to. Each has a twin with a name that it accepts. */
const KEPT: Readonly<Record<string, string>> = {
  taskmaster_db_queries_failed: 'taskmaster_db_queries_failed_total',
  taskmaster_db_queries_successful: 'taskmaster_db_queries_successful_total',
  taskmaster_tasks_total: 'taskmaster_tasks',
};

let app: TestApp;
let metrics: string;

beforeAll(async () => {
  app = await startTestApp();
  // So that histograms and counters with labels have series.
  await new Client(app.url, await app.user()).post('/tasks', { title: 'counted' });
  await new Client(app.url).get('/tasks');
  metrics = await (await fetch(app.app.get(MetricsServer).url ?? '')).text();
});
afterAll(() => app.close());

interface Finding {
  readonly metric: string;
  readonly text: string;
}

function promtool(args: readonly string[], input = ''): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: root, input, encoding: 'utf8' });
  if (error) throw error;
  return { status, output: `${stdout}${stderr}` };
}

function findingsOf(text: string): readonly Finding[] {
  const { output } = promtool(['check', 'metrics'], text);
  return output.split('\n').flatMap((line) => {
    const [metric = '', ...words] = line.split(' ');
    return line === '' ? [] : [{ metric, text: words.join(' ') }];
  });
}

/** The samples of a metric as `{labels} value`, sorted. */
const samplesOf = (name: string): readonly string[] =>
  metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => line.slice(name.length))
    .sort();

describe('promtool check metrics', () => {
  it('objects only to names that dashboards know', () => {
    const findings = findingsOf(metrics);
    expect(findings.filter(({ metric }) => !(metric in KEPT))).toEqual([]);
    expect(findings.map(({ metric }) => metric).sort()).toEqual(Object.keys(KEPT).sort());
  });

  it('objects to a counter without its ending, so it does check', () => {
    const planted = '# HELP planted A counter.\n# TYPE planted counter\nplanted 1\n';
    expect(findingsOf(planted)).toEqual([{ metric: 'planted', text: 'counter metrics should have "_total" suffix' }]);
  });
});

it.each(Object.entries(KEPT))('%s has a twin with the same values, %s', (kept, twin) => {
  expect(samplesOf(kept).length).toBeGreaterThan(4);
  expect(samplesOf(twin)).toEqual(samplesOf(kept));
});

it('promtool accepts the configuration of Prometheus', () => {
  const { status, output } = promtool(['check', 'config', 'monitoring/prometheus.yml']);
  expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
});
