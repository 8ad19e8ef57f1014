import { sessionOf } from './people.mjs';

/**
 * The statements that the service sends, taken from the service's own code: a use case runs with doors that note the
 * statement instead of sending it, so a benchmark can never measure an older text than the service uses.
 */
export async function recordStatements(built) {
  const { TasksService } = await built('modules/tasks/tasks.service.js');
  const { TaskLists } = await built('modules/tasks/task-lists.service.js');
  const { NextTasks } = await built('modules/tasks/next-tasks.service.js');
  const { sessionScope } = await built('platform/database/scope.js');
  const session = sessionOf(0);

  async function sent(use) {
    const found = [];
    const door = async (_session, statement) => {
      found.push(statement);
      return [{ id: '', version: 1, data: '{}', more: false, last: null, total: null, ids: null }];
    };
    await use({ query: door, search: door, command: door });
    return found;
  }
  const last = async (use) => (await sent(use)).at(-1);

  return {
    scope: sessionScope(session, 'tm_app_ro'),
    get: (id) => last((doors) => new TasksService(doors).get(session, { id })),
    create: (body) => last((doors) => new TasksService(doors).create(session, body)),
    patch: (id, patch) => last((doors) => new TasksService(doors).patch(session, { id }, null, patch)),
    list: (query) => last((doors) => new TaskLists(doors).list(session, query)),
    search: (query) => sent((doors) => new TaskLists(doors).list(session, query)),
    next: (scope, limit) => last((doors) => new NextTasks(doors).find(session, scope, limit)),
  };
}
