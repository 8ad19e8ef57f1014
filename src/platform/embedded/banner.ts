import type { FirstAdmin } from './first-run-file.js';

interface BannerOptions {
  readonly url: string;
  /** Null when metrics are off. */
  readonly metricsUrl: string | null;
  readonly dataFolder: string;
  /** The file of the log; null for standard output. */
  readonly log: string | null;
  /** Only set on the first run, because it is shown once. */
  readonly first: FirstAdmin | null;
  readonly embeddedPort: number | null;
  /** Whether somebody watches the output. If nobody does and the log goes there too, a collector would keep the secrets. */
  readonly isTerminal: boolean;
}

function firstRun({ first, log, isTerminal }: BannerOptions): readonly string[] {
  if (first === null) return [];
  const secrets = [
    `  E-mail    ${first.adminEmail}`,
    `  Password  ${first.adminPassword}`,
    `  API key   ${first.apiKey}`,
  ];
  const isPrivate = log !== null || isTerminal;
  if (isPrivate) return ['', '  First run. Shown once, kept in first-run.json of the data folder:', ...secrets];
  return ['', '  First run. The password and the API key of the admin are in first-run.json of the data folder.'];
}

/** The message of `npm start` when the service is ready. */
export function banner(options: BannerOptions): string {
  const { url, metricsUrl, dataFolder, log, embeddedPort } = options;
  const metrics = metricsUrl === null ? [] : [`  Metrics   ${metricsUrl}`];
  const logLine = log === null ? [] : [`  Log       ${log}`];
  const database =
    embeddedPort === null ? 'PostgreSQL as configured' : `embedded PostgreSQL 18 on port ${embeddedPort}`;
  return [
    '',
    `  TaskMaster is ready (${database}).`,
    '',
    `  API       ${url}/api/v1`,
    `  Docs      ${url}/docs`,
    `  Health    ${url}/api/v1/health`,
    ...metrics,
    `  Data      ${dataFolder}`,
    ...logLine,
    ...firstRun(options),
    '',
  ].join('\n');
}
