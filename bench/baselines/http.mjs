// The same answers from bare node:http: the same database methods and statements, and nothing of what the
// service puts around them (routing, credentials, validation, headers, logging, metrics, faults).
import 'reflect-metadata';
import http from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KEYS, keyOf, sessionOf } from '../people.mjs';

const { DIST, DATABASE, PORT, DB_POOL_MAX = '8' } = process.env;
const built = (path) => import(pathToFileURL(join(DIST, path)).href);
const { Database } = await built('platform/database/database.js');
const { TasksService } = await built('modules/tasks/tasks.service.js');
const { TaskLists, taskListRules } = await built('modules/tasks/task-lists.service.js');
const { TaskPlaces } = await built('modules/tasks/task-places.service.js');
const { TasksOperations } = await built('modules/tasks/tasks.operations.js');
const { envelope } = await built('platform/http/answer.js');
const { restAnswers } = await built('platform/http/operation-answer.js');
const { operationsOf } = await built('platform/operations/operation.js');
const { parseList } = await built('platform/schema/list-query.js');

const pools = { max: Number(DB_POOL_MAX), min: 2, acquireTimeoutMs: 2_000, readHosts: [] };
const database = new Database({ login: JSON.parse(DATABASE), pools });
await database.start();
const tasks = new TasksService(database);
const lists = new TaskLists(database, new TaskPlaces(database));
const answers = new Map(operationsOf(TasksOperations).map((operation) => [operation.method, restAnswers(operation)]));
const sessions = new Map(Array.from({ length: KEYS }, (_, user) => [keyOf(user), sessionOf(user)]));

async function answer(request) {
  const session = sessions.get(request.headers['x-api-key']);
  const [path, query] = request.url.split('?');
  const call = { session, params: {} };
  if (query === undefined) {
    return answers.get('getTask')(await tasks.get(session, { id: path.slice(path.lastIndexOf('/') + 1) }), call);
  }
  const page = await lists.list(session, parseList(taskListRules, Object.fromEntries(new URLSearchParams(query))));
  return answers.get('listTasks')(page, call);
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
