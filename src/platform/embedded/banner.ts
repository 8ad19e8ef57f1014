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
}

/** The message of `npm start` when the service is ready. */
export function banner({ url, metricsUrl, dataFolder, log, first, embeddedPort }: BannerOptions): string {
  const metrics = metricsUrl === null ? [] : [`  Metrics   ${metricsUrl}`];
  const logLine = log === null ? [] : [`  Log       ${log}`];
  const database =
    embeddedPort === null ? 'PostgreSQL as configured' : `embedded PostgreSQL 18 on port ${embeddedPort}`;
  const admin =
    first === null
      ? []
      : [
          '',
          '  First run. Shown once, kept in first-run.json of the data folder:',
          `  E-mail    ${first.adminEmail}`,
          `  Password  ${first.adminPassword}`,
          `  API key   ${first.apiKey}`,
        ];
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
    ...admin,
    '',
  ].join('\n');
}
