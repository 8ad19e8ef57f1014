import { readFileSync } from 'node:fs';
import type { Environment } from './settings.js';

/** The connection to Redis. */
export interface RedisLogin {
  readonly url: string;
  /** The prefix of every key and channel. */
  readonly prefix: string;
  readonly ca: string | undefined;
}

/** The connection to Kafka. */
export interface KafkaLogin {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly topicPrefix: string;
  readonly topicPartitions: number;
  readonly tls: { readonly ca: string | undefined } | undefined;
  readonly sasl: { readonly mechanism: string; readonly username: string; readonly password: string } | undefined;
}

/** The first version of Node that the Kafka client supports. */
const KAFKA_NODE = [22, 22];

const fileOf = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : readFileSync(path, 'utf8');

export function redisOf(environment: Environment): RedisLogin | undefined {
  if (environment.REDIS_URL === undefined) return undefined;
  return {
    url: environment.REDIS_URL,
    prefix: environment.REDIS_PREFIX,
    ca: fileOf(environment.REDIS_SSL_ROOT_CERT),
  };
}

export function kafkaOf(environment: Environment): KafkaLogin | undefined {
  if (environment.KAFKA_BROKERS.length === 0) return undefined;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = environment;
  return {
    brokers: environment.KAFKA_BROKERS,
    clientId: environment.KAFKA_CLIENT_ID,
    topicPrefix: environment.KAFKA_TOPIC_PREFIX,
    topicPartitions: environment.KAFKA_TOPIC_PARTITIONS,
    tls: environment.KAFKA_SSL ? { ca: fileOf(environment.KAFKA_SSL_ROOT_CERT) } : undefined,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
  };
}

/** Problems that involve several variables. */
export function kafkaProblems(environment: Environment, node = process.versions.node): string[] {
  if (environment.KAFKA_BROKERS.length === 0) return [];
  const problems: string[] = [];
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = environment;
  const given = [mechanism, username, password].filter((value) => value !== undefined).length;
  if (given !== 0 && given !== 3) {
    problems.push('KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are needed together.');
  }
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = KAFKA_NODE;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    problems.push(`KAFKA_BROKERS needs Node ${KAFKA_NODE.join('.')} or newer; this is ${node}.`);
  }
  return problems;
}
