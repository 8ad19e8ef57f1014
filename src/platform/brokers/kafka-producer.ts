import type { Producer } from '@platformatic/kafka';
import type { KafkaLogin } from '../config/broker-config.js';
import type { OutgoingEvent } from './broker.queries.js';
import { messageOf, TOPICS, topicsOf } from './topics.js';

const CONNECT_MS = 3_000;
const ANSWER_MS = 10_000;
/** Milliseconds that the broker waits for its replicas before it refuses a batch. */
const REPLICATE_MS = 5_000;
const ALL_REPLICAS = -1;
/** Bytes per send, so that no batch of a partition is refused for its size. */
const SEND_MAX_BYTES = 512 * 1024;

const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

interface Message {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: typeof HEADERS;
}

type Strings = Producer<string, string, string, string>;

const tlsOf = ({ tls }: KafkaLogin) => (tls ? { tls: tls.ca === undefined ? {} : { ca: tls.ca } } : {});
const saslOf = ({ sasl }: KafkaLogin) =>
  sasl ? { sasl: { ...sasl, mechanism: sasl.mechanism as 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' } } : {};

/** A connection to the brokers. After its first failure it is replaced by another one. */
export class KafkaProducer {
  private constructor(
    private readonly producer: Strings,
    private readonly login: KafkaLogin,
    /** Identifies an installation of Kafka. */
    readonly cluster: string,
  ) {}

  /** Also loads the library, so that it takes no memory without Kafka. */
  static async open(login: KafkaLogin): Promise<KafkaProducer> {
    const { Admin, Producer, stringSerializers } = await import('@platformatic/kafka');
    const options = {
      clientId: login.clientId,
      bootstrapBrokers: [...login.brokers],
      connectTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      timeout: REPLICATE_MS,
      // The publisher sends failed events again, from the acknowledged position.
      retries: 0,
      ...tlsOf(login),
      ...saslOf(login),
    };
    const admin = new Admin(options);
    const producer: Strings = new Producer({ ...options, serializers: stringSerializers });
    try {
      const names = TOPICS.map((topic) => login.topicPrefix + topic);
      const { id } = await admin.metadata({});
      // Existing topics and a login that may not create any are no failures; a send fails when a topic is missing.
      for (const topic of names) {
        await admin
          .createTopics({ topics: [topic], partitions: login.topicPartitions, replicas: -1 })
          .catch(() => undefined);
      }
      return new KafkaProducer(producer, login, id);
    } catch (error) {
      await producer.close(true).catch(() => undefined);
      throw error;
    } finally {
      await admin.close().catch(() => undefined);
    }
  }

  /** Resolves when all required replicas have the events. Messages with the same key stay in order. */
  async send(events: readonly OutgoingEvent[]): Promise<void> {
    for (const messages of parts(events.flatMap((event) => this.#messages(event)))) {
      await this.producer.send({ acks: ALL_REPLICAS, messages: [...messages] });
    }
  }

  close(): Promise<void> {
    return this.producer.close(true).catch(() => undefined);
  }

  #messages(event: OutgoingEvent): Message[] {
    const value = messageOf(event);
    return topicsOf(event.type).map((topic) => ({
      topic: this.login.topicPrefix + topic,
      key: event.key,
      value,
      headers: HEADERS,
    }));
  }
}

function parts(messages: readonly Message[]): Message[][] {
  const found: Message[][] = [];
  let weight = Infinity;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.value);
    if (weight + bytes > SEND_MAX_BYTES) {
      found.push([]);
      weight = 0;
    }
    found.at(-1)?.push(message);
    weight += bytes;
  }
  return found;
}
