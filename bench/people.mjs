import { credentialId, taskId, teamId, userId } from './dataset.mjs';

/** How many users the load generators play; each is in three teams. */
export const KEYS = 30;

/** An API key of user n, in the form that the service accepts. */
export const keyOf = (n) => `tmk_${String(n).padStart(43, 'k')}`;

/** The teams of user n, by number, as the data set deals them. */
export const teamsOf = (n, { teams }) =>
  [0, 1, 2].map((place) => (n + place * Math.max(Math.floor(teams / 3), 1)) % teams);

/** Every tenth of a user's tasks is asked for: some thousands of them, spread over the whole table. */
const EVERY = 10;

/** Requests for single tasks: each user asks for their own. */
export function pointRequests(size, method = 'GET') {
  const perTeam = Math.floor(size.tasks / size.teams / EVERY);
  const requests = [];
  for (let user = 0; user < KEYS; user += 1) {
    for (const team of teamsOf(user, size)) {
      for (let place = 0; place < perTeam; place += 1) {
        const id = taskId(team + size.teams * place * EVERY, size.tasks);
        requests.push({ method, path: `/api/v1/tasks/${id}`, headers: { 'x-api-key': keyOf(user) }, id, user, team });
      }
    }
  }
  return shuffled(requests);
}

/** Requests for pages of one team's tasks. */
export function listRequests(size, query) {
  const requests = [];
  for (let user = 0; user < KEYS; user += 1) {
    for (const team of teamsOf(user, size)) {
      const path = `/api/v1/tasks?teamId=${teamId(team)}&${query}`;
      requests.push({ method: 'GET', path, headers: { 'x-api-key': keyOf(user) }, user, team });
    }
  }
  return shuffled(requests);
}

/** Always in the same order, so that two runs ask for the same things. */
export function shuffled(list) {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let place = list.length - 1; place > 0; place -= 1) {
    const other = Math.floor(random() * (place + 1));
    [list[place], list[other]] = [list[other], list[place]];
  }
  return list;
}

/** pgbench's choice of a user `u`, one of their teams `team`, and one of its tasks `n`, from the same sets. */
export function pgbenchChoice(size) {
  const third = Math.max(Math.floor(size.teams / 3), 1);
  const perTeam = Math.floor(size.tasks / size.teams / EVERY);
  return [
    `\\set u random(0, ${KEYS - 1})`,
    '\\set place random(0, 2)',
    `\\set team (:u + :place * ${third}) % ${size.teams}`,
    `\\set k random(0, ${perTeam - 1})`,
    `\\set n :team + ${size.teams} * :k * ${EVERY}`,
  ];
}

/** The same choice, made here. */
export function randomChoice(size) {
  const below = (end) => Math.floor(Math.random() * end);
  const u = below(KEYS);
  const team = teamsOf(u, size)[below(3)];
  return { u, team, n: team + size.teams * below(Math.floor(size.tasks / size.teams / EVERY)) * EVERY };
}

export const USER = `bench.plain_id('a', :u)`;
export const CREDENTIAL = `bench.plain_id('b', :u)`;
export const TEAM = `bench.plain_id('c', :team)`;
export const TASK = 'bench.task_id(:n)';

/** A session of user n, for what runs inside the bench's own process. */
export function sessionOf(n) {
  return {
    userId: userId(n),
    credentialId: credentialId(n),
    scopes: null,
    role: 'developer',
    permissions: ['tasks:read', 'tasks:write'],
    isAdmin: false,
    request: { id: 'req_bench', ip: '127.0.0.1', userAgent: null },
    dryRun: false,
    idempotency: null,
    readAfter: null,
  };
}
