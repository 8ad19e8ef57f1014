/** The event stream part of an instance, as a process that can be killed. */
import '../support/typescript.mjs';

const { loadConfig } = await import('../../src/platform/config/config.ts');
const { BrokerStates } = await import('../../src/platform/brokers/broker-states.ts');
const { RedisFanOut } = await import('../../src/platform/brokers/redis-fan-out.ts');
const { RedisLink } = await import('../../src/platform/brokers/redis-link.ts');
const { Database } = await import('../../src/platform/database/database.ts');
const { EventStream } = await import('../../src/platform/events/event-stream.ts');
const { Metrics } = await import('../../src/platform/telemetry/metrics.ts');

const config = loadConfig({ DATABASE_URL: process.argv[2], JWT_SECRET: 'a secret for tests that is long enough' });
const database = new Database({ login: config.database, pools: config.pools });
await database.start();
const fanOut = new RedisFanOut(new RedisLink(config, new BrokerStates()), config);
const stream = new EventStream(database, config, new Metrics(database), fanOut);
stream.onBatch((batch) => {
  process.send({ batch: batch.map(({ position, id }) => [String(position), id]) });
});
process.on('disconnect', () => process.exit(0));
await stream.onApplicationBootstrap();
process.send({ ready: String(stream.position) });
