import { sessionOf } from './people.mjs';

/**
 * The statements that the service sends, recorded from its own code: each use case runs on a stub of Database that
 * records the statement instead of sending it. A benchmark therefore never measures outdated SQL.
 */
export async function recordStatements(built) {
  const { TasksService } = await built('modules/tasks/tasks.service.js');
  const { TaskLists, taskListRules } = await built('modules/tasks/task-lists.service.js');
  const { TaskPlaces } = await built('modules/tasks/task-places.service.js');
  const { NextTasks } = await built('modules/tasks/next-tasks.service.js');
  const { parseFilters, parseList } = await built('platform/schema/list-query.js');
  const { sessionScope } = await built('platform/database/scope.js');
  const session = sessionOf(0);

  async function sent(use) {
    const found = [];
    const record = async (_session, statement) => {
      found.push(statement);
      return [{ id: '', version: 1, data: '{}', more: false, last: null, total: null, ids: null }];
    };
    await use({ query: record, search: record, command: record });
    return found;
  }
  const lists = (database) => new TaskLists(database, new TaskPlaces(database));
  const noFilter = parseFilters(taskListRules, {});
  const last = async (use) => (await sent(use)).at(-1);

  return {
    scope: sessionScope(session, 'tm_app_ro'),
    get: (id) => last((database) => new TasksService(database).get(session, { id })),
    create: (body) => last((database) => new TasksService(database).create(session, body)),
    patch: (id, patch) => last((database) => new TasksService(database).patch(session, { id }, null, patch)),
    list: (query) => last((database) => lists(database).list(session, parseList(taskListRules, query))),
    search: (query) => sent((database) => lists(database).list(session, parseList(taskListRules, query))),
    next: (scope, limit) =>
      last((database) => new NextTasks(database, new TaskPlaces(database)).find(session, scope, noFilter, limit)),
  };
}
