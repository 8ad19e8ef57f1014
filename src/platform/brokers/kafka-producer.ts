import type { Producer } from '@platformatic/kafka';
import type { KafkaLogin } from '../config/broker-config.js';
import type { OutgoingEvent } from './broker.queries.js';
import { messageOf, TOPICS, topicsOf } from './topics.js';

const CONNECT_MS = 3_000;
const ANSWER_MS = 10_000;
/** The broker waits for its replicas no longer than this; then the batch counts as refused. */
const REPLICATE_MS = 5_000;
const ALL_REPLICAS = -1;
/** What a send may weigh, so that no batch of one partition is refused for its size. */
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

/** One connection to the brokers, from its opening to its first failure; then another one is opened. */
export class KafkaProducer {
  private constructor(
    private readonly producer: Strings,
    private readonly login: KafkaLogin,
    /** Tells one installation of Kafka from another. */
    readonly cluster: string,
  ) {}

  /** Loads the library too: without Kafka nothing of it is in memory. */
  static async open(login: KafkaLogin): Promise<KafkaProducer> {
    const { Admin, Producer, stringSerializers } = await import('@platformatic/kafka');
    const options = {
      clientId: login.clientId,
      bootstrapBrokers: [...login.brokers],
      connectTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      timeout: REPLICATE_MS,
      // What failed is sent again from the position that is known, not from here.
      retries: 0,
      ...tlsOf(login),
      ...saslOf(login),
    };
    const admin = new Admin(options);
    const producer: Strings = new Producer({ ...options, serializers: stringSerializers });
    try {
      const names = TOPICS.map((topic) => login.topicPrefix + topic);
      const { id } = await admin.metadata({});
      // Topics that exist, and a login that may not make any, are no failure; a topic that is missing shows in a send.
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

  /** Returns when every replica that has to has all of it. The messages of one key stay in order. */
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
