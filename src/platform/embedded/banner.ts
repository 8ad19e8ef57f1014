import type { Config } from '../config/config.js';
import type { FirstAdmin } from './first-run-file.js';

interface BannerOptions {
  readonly url: string;
  readonly config: Config;
  /** Set on the very first run only: shown once. */
  readonly first: FirstAdmin | null;
  readonly embeddedPort: number | null;
}

/** What `npm start` says when it is ready. */
export function banner({ url, config, first, embeddedPort }: BannerOptions): string {
  const metrics = config.metrics.enabled
    ? [`  Metrics   http://${config.api.host}:${config.metrics.port}/metrics`]
    : [];
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
    `  Data      ${config.dataFolder}`,
    ...admin,
    '',
  ].join('\n');
}
