/** One instance of the service on a test database; it reports every delivered event to its parent. */
import '../support/typescript.mjs';

const { createApplication } = await import('../../src/application.ts');
const { loadConfig } = await import('../../src/platform/config/config.ts');
const { EventStream } = await import('../../src/platform/events/event-stream.ts');

const config = loadConfig();
const app = await createApplication(config);
app.get(EventStream).onBatch((batch) =>
  process.send({
    batch: batch.map(({ position, id, type, recordId, json }) => ({
      position: Number(position),
      id,
      type,
      recordId,
      version: JSON.parse(json).data?.version ?? null,
      at: performance.timeOrigin + performance.now(),
    })),
  }),
);
await app.listen(config.api.port, config.api.host);
process.send({ url: (await app.getUrl()).replace('[::1]', '127.0.0.1') });

// The channel ends with the parent.
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
