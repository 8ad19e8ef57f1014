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

function properties(folder: string, port: number, controller: number): string {
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
    `listeners=CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=CLIENTS://127.0.0.1:${port}`,
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENTS:PLAINTEXT',
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=CLIENTS',
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

  static async start(): Promise<KafkaBroker> {
    const jars = await kafkaJars();
    const folder = await mkdtemp(join(tmpdir(), 'taskmaster-kafka-'));
    const port = await freePort();
    const file = join(folder, 'server.properties');
    await writeFile(file, properties(folder, port, await freePort()));
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
