import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../src/platform/embedded/ports.js';
import { kafkaJars } from './kafka-jars.js';
import { PeerProcess } from './peer-process.js';

/** Little memory and little JIT compilation: it starts in about five seconds with 300 MB. */
const JAVA = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** Clients must use TLS and log in with SASL PLAIN. */
interface SecureClients {
  readonly cert: string;
  readonly key: string;
  readonly username: string;
  readonly password: string;
}

/** PEM in a property: Kafka continues a line behind a backslash. */
const pem = (text: string): string => text.trim().split(/\r?\n/).join(' \\\n');

function clientsOf(secure: SecureClients | undefined): string[] {
  if (!secure) return ['listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENTS:PLAINTEXT'];
  const { cert, key, username, password } = secure;
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${username}" password="${password}" user_${username}="${password}";`;
  return [
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL,BROKERS:PLAINTEXT',
    'ssl.keystore.type=PEM',
    `ssl.keystore.certificate.chain=${pem(cert)}`,
    `ssl.keystore.key=${pem(key)}`,
    'sasl.enabled.mechanisms=PLAIN',
    `listener.name.clients.plain.sasl.jaas.config=${login}`,
  ];
}

function listenersOf(port: number, controller: number, brokers: number | null): string[] {
  const own = brokers === null ? '' : `,BROKERS://127.0.0.1:${brokers}`;
  const host = brokers === null ? '127.0.0.1' : 'localhost';
  return [
    `listeners=CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}${own}`,
    `advertised.listeners=CLIENTS://${host}:${port}${own}`,
    `inter.broker.listener.name=${brokers === null ? 'CLIENTS' : 'BROKERS'}`,
  ];
}

interface Ports {
  readonly port: number;
  readonly controller: number;
  /** For the broker itself, where clients have to log in. */
  readonly brokers: number | null;
}

function properties(folder: string, { port, controller, brokers }: Ports, secure?: SecureClients): string {
  const one = [
    'offsets.topic.replication.factor',
    'transaction.state.log.replication.factor',
    'transaction.state.log.min.isr',
    'share.coordinator.state.topic.replication.factor',
    'share.coordinator.state.topic.min.isr',
  ];
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    ...listenersOf(port, controller, brokers),
    ...clientsOf(secure),
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(folder, 'log')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.num.partitions=1',
    // After a kill, the broker can register again once its previous session has expired.
    'broker.session.timeout.ms=2000',
    'broker.heartbeat.interval.ms=500',
    'group.initial.rebalance.delay.ms=0',
    ...one.map((name) => `${name}=1`),
  ].join('\n');
}

/** A real one-node Kafka in KRaft mode. Its log survives kills. */
export class KafkaBroker {
  private constructor(
    readonly process: PeerProcess,
    private readonly folder: string,
  ) {}

  static async start(secure?: SecureClients): Promise<KafkaBroker> {
    const jars = await kafkaJars();
    const folder = await mkdtemp(join(tmpdir(), 'taskmaster-kafka-'));
    const port = await freePort();
    const file = join(folder, 'server.properties');
    const ports = { port, controller: await freePort(), brokers: secure ? await freePort() : null };
    await writeFile(file, properties(folder, ports, secure));
    const java = [...JAVA, '-cp', join(jars, '*')];
    const bytes = randomBytes(16);
    // In base64 the first character is then a letter: Kafka's tool reads an id that begins with `-` as an option.
    bytes[0]! &= 0x7f;
    const id = bytes.toString('base64url');
    const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', id, '--config', file];
    await promisify(execFile)('java', [...java, ...format]);
    const broker = new KafkaBroker(new PeerProcess(port, 'java', [...java, 'kafka.Kafka', file]), folder);
    await broker.process.start();
    return broker;
  }

  get address(): string {
    return `127.0.0.1:${this.process.port}`;
  }

  async close(): Promise<void> {
    await this.process.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
