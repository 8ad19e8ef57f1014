import { describe, expect, it } from '@jest/globals';
import { kafkaProblems } from './broker-config.js';
import { loadConfig } from './config.js';
import { readEnvironment } from './settings.js';

const problems = (env: Record<string, string>, node?: string): string[] => {
  const { environment, problems: own } = readEnvironment(env);
  return [...own, ...kafkaProblems(environment, node)];
};

describe('the settings of brokers', () => {
  it('are none by default', () => {
    expect(loadConfig({})).toMatchObject({ redis: undefined, kafka: undefined });
  });

  it.each([
    ['REDIS_URL', 'http://cache:6379', 'must be a redis:// or rediss:// URL'],
    ['REDIS_URL', 'cache:6379', 'must be a redis:// or rediss:// URL'],
    ['KAFKA_BROKERS', 'kafka', 'must be a comma list of host:port'],
    ['KAFKA_BROKERS', 'kafka:9092, kafka:0', 'must be a comma list of host:port'],
    ['KAFKA_SASL_MECHANISM', 'GSSAPI', 'must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512'],
  ])('are refused in one sentence: %s=%s', (name, value, sentence) => {
    expect(problems({ [name]: value })).toEqual([`${name} ${sentence}.`]);
  });

  it('are read', () => {
    const config = loadConfig({
      REDIS_URL: 'rediss://user:secret@cache:6380/1',
      KAFKA_BROKERS: 'one:9092, [::1]:9093',
      KAFKA_SSL: 'true',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    });
    expect(config.redis).toEqual({ url: 'rediss://user:secret@cache:6380/1', prefix: 'taskmaster:', ca: undefined });
    expect(config.kafka).toMatchObject({
      brokers: ['one:9092', '[::1]:9093'],
      tls: { ca: undefined },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' },
    });
  });

  it('want a login of Kafka whole', () => {
    expect(problems({ KAFKA_BROKERS: 'one:9092', KAFKA_SASL_USERNAME: 'u' })).toEqual([
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are needed together.',
    ]);
  });

  it('want a Node that the library of Kafka runs on, and only with Kafka', () => {
    expect(problems({}, '20.19.0')).toEqual([]);
    expect(problems({ KAFKA_BROKERS: 'one:9092' }, '22.22.0')).toEqual([]);
    for (const node of ['20.19.0', '22.21.1']) {
      expect(problems({ KAFKA_BROKERS: 'one:9092' }, node)).toEqual([
        `KAFKA_BROKERS needs Node 22.22 or newer; this is ${node}.`,
      ]);
    }
  });
});
