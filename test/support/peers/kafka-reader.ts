import { Consumer, ListOffsetTimestamps, stringDeserializers } from '@platformatic/kafka';
import { randomUUID } from 'node:crypto';

export interface Received {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly contentType: string | undefined;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly subject: string;
    readonly specversion: string;
    readonly partitionkey: string;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly dataref?: string;
  };
}

/** The current contents of the topics, in the order of each partition. */
export async function readTopics(address: string, topics: readonly string[]): Promise<Received[]> {
  const consumer = new Consumer({
    clientId: 'reader',
    groupId: randomUUID(),
    bootstrapBrokers: [address],
    deserializers: stringDeserializers,
  });
  const received: Received[] = [];
  try {
    const ends = await consumer.listOffsets({ topics: [...topics], timestamp: ListOffsetTimestamps.LATEST });
    const counts = [...ends.values()].flat();
    let left = counts.reduce((sum, end) => sum + Number(end), 0);
    if (left === 0) return [];
    const stream = await consumer.consume({
      topics: [...topics],
      mode: 'earliest',
      autocommit: false,
      maxWaitTime: 100,
    });
    for await (const { topic, partition, key, value, headers } of stream) {
      const event = JSON.parse(value) as Received['event'];
      received.push({ topic, partition, key, contentType: headers.get('content-type'), event });
      left -= 1;
      if (left === 0) break;
    }
    await stream.close();
  } finally {
    await consumer.close(true);
  }
  return received;
}
