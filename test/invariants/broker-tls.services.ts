import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BrokerStates } from '../../src/platform/brokers/broker-states.js';
import { KafkaProducer } from '../../src/platform/brokers/kafka-producer.js';
import { RedisLink } from '../../src/platform/brokers/redis-link.js';
import type { Config } from '../../src/platform/config/config.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { eventually } from '../start/program.js';
import { Authority } from '../support/certificates.js';
import { KafkaBroker } from '../support/peers/kafka-broker.js';
import { RedisServer } from '../support/peers/redis-server.js';
import { scratchFolder } from '../support/scratch-folder.js';

const RUN_MS = 240_000;
const LOGIN = { username: 'taskmaster', password: 'a-password-of-kafka' };

let folder: string;
let authority: Authority;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await scratchFolder('broker-tls');
  authority = await Authority.create();
  await writeFile(file('ca.pem'), authority.cert);
  await writeFile(file('other.pem'), (await Authority.create('another authority')).cert);
});

afterAll(() => rm(folder, { recursive: true }));

describe('TLS to Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    // Not for 127.0.0.1, under which it is reached as well.
    server = await RedisServer.start(await authority.issue('localhost'));
  }, RUN_MS);

  afterAll(() => server.close());

  /** The answer to a PING, or why there is none. */
  async function ping(host: string, ca: string): Promise<string> {
    const env = { REDIS_URL: `rediss://${host}:${server.process.port}`, REDIS_SSL_ROOT_CERT: file(ca) };
    const link = await RedisLink.open(loadConfig(env), new BrokerStates());
    const failures: string[] = [];
    link.commands.on('error', (error: Error & { code?: string }) => failures.push(error.code ?? error.message));
    try {
      return await eventually(() => (link.reachable ? link.commands.ping() : failures[0]));
    } finally {
      link.onApplicationShutdown();
    }
  }

  it('works with the authority that is named, and refuses another one and another host', async () => {
    expect(await ping('localhost', 'ca.pem')).toBe('PONG');
    expect(await ping('localhost', 'other.pem')).toMatch(/^(SELF_SIGNED|UNABLE_TO)/);
    expect(await ping('127.0.0.1', 'ca.pem')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });
});

describe('TLS and SASL to Kafka', () => {
  let broker: KafkaBroker;

  beforeAll(async () => {
    broker = await KafkaBroker.start({ ...(await authority.issue('localhost')), ...LOGIN });
  }, RUN_MS);

  afterAll(() => broker.close());

  /** The id of the cluster, or why there is none. */
  async function open(extra: Record<string, string>, host = 'localhost'): Promise<string> {
    const env = {
      ...{ KAFKA_BROKERS: `${host}:${broker.process.port}`, KAFKA_SSL: 'true', KAFKA_SSL_ROOT_CERT: file('ca.pem') },
      ...{ KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: LOGIN.username, KAFKA_SASL_PASSWORD: LOGIN.password },
      ...extra,
    };
    try {
      const producer = await KafkaProducer.open(loadConfig(env).kafka as NonNullable<Config['kafka']>);
      await producer.close();
      return producer.cluster === '' ? 'no cluster' : 'connected';
    } catch {
      return 'refused';
    }
  }

  it(
    'work together, and refuse another authority, another host and another password',
    async () => {
      expect(await eventually(async () => (await open({})) === 'connected')).toBe(true);
      expect(await open({ KAFKA_SSL_ROOT_CERT: file('other.pem') })).toBe('refused');
      expect(await open({ KAFKA_SASL_PASSWORD: 'another' })).toBe('refused');
      expect(await open({}, '127.0.0.1')).toBe('refused');
      expect(await open({})).toBe('connected');
    },
    RUN_MS,
  );
});
