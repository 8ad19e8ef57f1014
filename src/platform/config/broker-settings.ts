import { boolean, hostsAndPorts, integer, oneOf, optional, readableFile, redisUrl, text } from './setting.js';
import type { Setting } from './setting.js';

/** Redis and Kafka. */
export const brokerSettings = {
  REDIS_URL: optional<string>({
    about:
      'Redis, as redis:// or rediss:// (TLS): carries events between instances and shares rate limits, which ' +
      'PostgreSQL does without it.',
    example: 'rediss://default@redis.example.com:6380/0',
    secret: true,
    parse: redisUrl,
  }),
  REDIS_PREFIX: {
    about: 'Begins every key and channel in Redis: another one for every installation that shares it.',
    example: 'taskmaster:',
    fallback: 'taskmaster:',
    parse: text,
  },
  REDIS_SSL_ROOT_CERT: optional<string>({
    about: 'File with the certificate authority of Redis, for rediss://. Defaults to those that Node knows.',
    parse: readableFile,
  }),
  KAFKA_BROKERS: {
    about: 'Kafka brokers, comma separated host:port: events are published there. Needs Node 22.22 or newer.',
    example: 'kafka-1:9092,kafka-2:9092',
    fallback: [] as readonly string[],
    parse: hostsAndPorts,
  },
  KAFKA_CLIENT_ID: {
    about: 'Name of the service to Kafka.',
    example: 'taskmaster',
    fallback: 'taskmaster',
    parse: text,
  },
  KAFKA_TOPIC_PREFIX: {
    about: 'Begins the topics task-events, reminders and task-updates.',
    example: 'taskmaster.',
    fallback: '',
    parse: text,
  },
  KAFKA_TOPIC_PARTITIONS: {
    about: 'Partitions of topics that are not there yet.',
    example: '12',
    fallback: 12,
    parse: integer(1, 10_000),
  },
  KAFKA_SSL: { about: 'TLS to Kafka.', example: 'true', fallback: false, parse: boolean },
  KAFKA_SSL_ROOT_CERT: optional<string>({
    about: 'File with the certificate authority of Kafka. Defaults to those that Node knows.',
    parse: readableFile,
  }),
  KAFKA_SASL_MECHANISM: optional<'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'>({
    about: 'How the service logs in to Kafka: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.',
    example: 'SCRAM-SHA-512',
    parse: oneOf('PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'),
  }),
  KAFKA_SASL_USERNAME: optional<string>({ about: 'Login at Kafka.', example: 'taskmaster', parse: text }),
  KAFKA_SASL_PASSWORD: optional<string>({ about: 'Password at Kafka.', secret: true, parse: text }),
} as const satisfies Record<string, Setting<unknown>>;
