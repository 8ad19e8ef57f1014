import { SOME_TASK, SOME_TEAM } from '../transactions.mjs';

const READ = 'tm_app_ro';
const WRITE = 'tm_app_rw';

/** The reads that everything else is made of, as the service sends them. */
export async function readCases(world) {
  const { statements } = world;
  const page = { total: 'false', limit: '20' };
  return [
    { name: 'point get', role: READ, statement: await statements.get(SOME_TASK) },
    {
      name: "first page of a team's pending",
      role: READ,
      statement: await statements.list({ ...page, teamId: SOME_TEAM, status: 'pending' }),
    },
    { name: 'first page of all teams', role: READ, statement: await statements.list({ ...page, status: 'pending' }) },
    {
      name: 'keyset page of all teams',
      role: READ,
      statement: await statements.list({ ...page, status: 'pending', cursor: await middle(world) }),
    },
    {
      name: 'page with its total',
      role: READ,
      statement: await statements.list({ teamId: SOME_TEAM, status: 'pending', limit: '20' }),
    },
  ];
}

export async function writeCases({ statements }) {
  return [
    { name: 'create', role: WRITE, statement: await statements.create(NEW_TASK) },
    { name: 'update', role: WRITE, statement: await statements.patch(SOME_TASK, PATCH) },
  ];
}

export const NEW_TASK = {
  teamId: SOME_TEAM,
  title: 'Measure the cost of a create',
  description: 'Written by the benchmark, like the tasks around it.',
  priority: 5,
};
export const PATCH = { priority: 7 };

/** A cursor in the middle of the year that the data set spans. */
async function middle({ built }) {
  const { encodeCursor } = await built('platform/schema/cursor.js');
  return encodeCursor('-createdAt', ['2025-07-01 00:00:00+00', SOME_TASK]);
}
