// One instance of the built service that reports when it delivers which version of a record. Started by instances.mjs.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = process.argv[2];
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { createApplication } = await load('application.js');
const { loadConfig } = await load('platform/config/config.js');
const { EventStream } = await load('platform/events/event-stream.js');

const config = loadConfig();
const app = await createApplication(config);
const heard = [];
app.get(EventStream).onBatch((batch) => {
  const at = performance.timeOrigin + performance.now();
  for (const { recordId, json } of batch) heard.push([`${recordId} ${JSON.parse(json).data?.version}`, at]);
});
await app.listen(config.api.port, config.api.host);

process.on('message', async (message) => {
  if (message === 'heard') process.send({ heard: heard.splice(0) });
  else await app.close().then(() => process.exit(0));
});
process.once('disconnect', () => process.exit());
process.send({ url: await app.getUrl() });
