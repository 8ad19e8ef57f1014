// The event stream part of an instance, in a separate process. Started by measure/events.mjs.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [dist, url] = process.argv.slice(2);
const built = (path) => import(pathToFileURL(join(dist, path)).href);
const { loadConfig } = await built('platform/config/config.js');
const { BrokerStates } = await built('platform/brokers/broker-states.js');
const { RedisFanOut } = await built('platform/brokers/redis-fan-out.js');
const { RedisLink } = await built('platform/brokers/redis-link.js');
const { Database } = await built('platform/database/database.js');
const { EventStream } = await built('platform/events/event-stream.js');
const { Metrics } = await built('platform/telemetry/metrics.js');

const config = loadConfig({ DATABASE_URL: url, JWT_SECRET: 'a-secret-of-the-benchmark-alone-0123456789' });
const database = new Database({ login: config.database, pools: config.pools });
await database.start();
const fanOut = new RedisFanOut(new RedisLink(config, new BrokerStates()), config);
const stream = new EventStream(database, config, new Metrics(database), fanOut);
await stream.onApplicationBootstrap();

/** Comparable between processes of one machine. */
const now = () => performance.timeOrigin + performance.now();
let heard = new Map();
stream.onBatch((batch) => {
  const at = now();
  for (const event of batch) heard.set(event.recordId, at);
});

let busy = false;
const commands = {
  settle: () => stream.settle(),
  /** As if commits notified constantly: the relay under maximum load. */
  async ring() {
    busy = true;
    while (busy) await stream.settle();
  },
  quiet() {
    busy = false;
  },
  forget() {
    heard = new Map();
  },
  heard: () => [...heard],
  /** This many single-statement writes a second, each of a separate task; records when each was acknowledged. */
  async write({ rate, writes }) {
    const start = performance.now();
    const acknowledged = [];
    const sent = writes.map(async ({ session, statement, id }, place) => {
      const early = start + (place * 1_000) / rate - performance.now();
      if (early > 0) await delay(early);
      await database.command(session, statement);
      acknowledged.push([id, now()]);
    });
    await Promise.all(sent);
    await stream.settle();
    return { acknowledged, elapsed: performance.now() - start };
  },
  async stop() {
    await stream.onApplicationShutdown();
    await database.close();
  },
};

process.on('message', async ({ id, name, argument }) => {
  const answer = await commands[name](argument);
  process.send({ id, answer }, () => name === 'stop' && process.disconnect());
});
process.send({ id: 0 });
