import { boolean, integer, integers, optional, secretOf } from './setting.js';
import type { Setting } from './setting.js';

/** Jobs of the queue, and the webhooks that they deliver. */
export const webhookSettings = {
  JOB_CONCURRENCY: {
    about: 'Jobs from the queue (such as deliveries of webhooks) that one instance runs at a time.',
    example: '16',
    fallback: 16,
    parse: integer(1, 500),
  },
  WEBHOOK_KEY: optional<string>({
    about:
      'Seals the secrets of webhooks in the database; at least 32 characters. Defaults to JWT_SECRET; give one to be able to change that.',
    secret: true,
    parse: secretOf(32),
  }),
  WEBHOOK_RETRY_SECONDS: {
    about: 'Seconds from each failed attempt to deliver a webhook to the next, comma separated; a fifth more or less.',
    example: '5,300,1800,7200,18000,36000,50400,72000,86400',
    fallback: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as readonly number[],
    parse: integers(0, 604_800),
  },
  WEBHOOK_TIMEOUT_MS: {
    about: 'Milliseconds that a receiver of a webhook may take to answer, all in all.',
    example: '15000',
    fallback: 15_000,
    parse: integer(100, 60_000),
  },
  WEBHOOK_LANES: {
    about: 'Deliveries to one webhook at a time, over all instances.',
    example: '4',
    fallback: 4,
    parse: integer(1, 64),
  },
  WEBHOOK_DISABLE_AFTER_HOURS: {
    about: 'Hours after which a webhook is disabled when no delivery has succeeded, and at least ten have failed.',
    example: '120',
    fallback: 120,
    parse: integer(0, 8_760),
  },
  WEBHOOK_RETENTION_DAYS: {
    about: 'Days that deliveries of webhooks stay in their log.',
    example: '30',
    fallback: 30,
    parse: integer(1, 3_650),
  },
  WEBHOOK_PORTS: {
    about: 'Ports that URLs of webhooks may name, comma separated.',
    example: '443,8443',
    fallback: [443, 8_443] as readonly number[],
    parse: integers(1, 65_535),
  },
  WEBHOOK_ALLOW_PRIVATE: {
    about: 'Let webhooks go to plain HTTP, private addresses and any port. For development and tests alone.',
    example: 'false',
    fallback: false,
    parse: boolean,
  },
} as const satisfies Record<string, Setting<unknown>>;
