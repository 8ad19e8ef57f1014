// The same answers from bare node:http: the same database methods and statements, and nothing of what the
// service puts around them (routing, credentials, validation, headers, logging, metrics, faults).
import http from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KEYS, keyOf, sessionOf } from '../people.mjs';

const { DIST, DATABASE, PORT, DB_POOL_MAX = '8' } = process.env;
const built = (path) => import(pathToFileURL(join(DIST, path)).href);
const { Database } = await built('platform/database/database.js');
const { TasksService } = await built('modules/tasks/tasks.service.js');
const { TaskLists } = await built('modules/tasks/task-lists.service.js');
const { envelope } = await built('platform/http/answer.js');
const { rowAnswer, listAnswer } = await built('platform/http/rows.js');

const pools = { max: Number(DB_POOL_MAX), min: 2, acquireTimeoutMs: 2_000, readHosts: [] };
const database = new Database({ login: JSON.parse(DATABASE), pools });
await database.start();
const tasks = new TasksService(database);
const lists = new TaskLists(database);
const sessions = new Map(Array.from({ length: KEYS }, (_, user) => [keyOf(user), sessionOf(user)]));

async function answer(request) {
  const session = sessions.get(request.headers['x-api-key']);
  const [path, query] = request.url.split('?');
  if (query !== undefined) return listAnswer(await lists.list(session, Object.fromEntries(new URLSearchParams(query))));
  return rowAnswer(await tasks.get(session, { id: path.slice(path.lastIndexOf('/') + 1) }));
}

const server = http.createServer((request, response) => {
  answer(request)
    .then((found) => {
      const text = envelope(found, 'req_bench', new Date().toISOString());
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.setHeader('content-length', Buffer.byteLength(text));
      response.end(text);
    })
    .catch((error) => {
      response.statusCode = error.status ?? 500;
      response.end();
    });
});
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void database.close();
});
