import type { Environment } from './settings.js';

/** Delivery of webhooks. */
export interface WebhookConfig {
  /** The key that encrypts the secrets of webhooks. */
  readonly key: string;
  readonly retrySeconds: readonly number[];
  readonly timeoutMs: number;
  readonly lanes: number;
  readonly disableAfterHours: number;
  readonly retentionDays: number;
  readonly ports: readonly number[];
  readonly allowPrivate: boolean;
}

export function webhooksOf(environment: Environment, jwtSecret: string): WebhookConfig {
  return {
    key: environment.WEBHOOK_KEY ?? jwtSecret,
    retrySeconds: environment.WEBHOOK_RETRY_SECONDS,
    timeoutMs: environment.WEBHOOK_TIMEOUT_MS,
    lanes: environment.WEBHOOK_LANES,
    disableAfterHours: environment.WEBHOOK_DISABLE_AFTER_HOURS,
    retentionDays: environment.WEBHOOK_RETENTION_DAYS,
    ports: environment.WEBHOOK_PORTS,
    allowPrivate: environment.WEBHOOK_ALLOW_PRIVATE,
  };
}
