import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../harness/check.mjs';
import { KEYS, keyOf, sessionOf, shuffled } from '../people.mjs';
import { startServer } from '../service.mjs';
import { urlOf } from '../world.mjs';
import { ask, graphqlRequest, TASK_FIELDS } from './graphql.mjs';
import { casesOf, comparePeers, installOnce, succeeds } from './peers.mjs';

/**
 * G6 and G7: PostGraphile 5, which builds one SQL statement for a GraphQL query, asked for the same rows and fields as
 * REST and as GraphQL here.
 */
export async function measurePostgraphile(world) {
  const folder = fileURLToPath(new URL('../baselines/postgraphile', import.meta.url));
  installOnce(folder);
  const database = await world.database('main', world.options.size.main);
  const service = await world.service(database);
  const claims = await claimsOf(world, database);
  const rest = casesOf(database.size).map((one) => ({ ...one, theirs: one.requests.map(asPostgraphile) }));
  const graphql = rest.map((one) => ({ ...one, requests: one.requests.map(graphqlRequest) }));
  const peer = await startServer({
    args: [join(folder, 'server.mjs')],
    cwd: folder,
    logFile: join(world.logs, 'peer.log'),
    env: (port) => ({
      PORT: String(port),
      DATABASE_URL: urlOf(database.login),
      CLAIMS: JSON.stringify(claims),
      NODE_ENV: 'production',
      GRAPHILE_ENV: 'production',
    }),
    isReady: (url) => succeeds(url, rest[0].theirs[0]),
  });
  try {
    for (const one of [...rest, ...graphql]) await checkSameRows(service, peer, one);
    return [
      ...(await comparePeers(world, 'G6 REST', 'PostGraphile 5', service, peer, rest)),
      ...(await comparePeers(world, 'G7 GraphQL', 'PostGraphile 5', service, peer, graphql)),
    ];
  } finally {
    await peer.stop();
  }
}

function asPostgraphile({ path, headers, id }) {
  const query = new URLSearchParams(path.split('?')[1]);
  const text = id
    ? `query ($id: UUID!) { task: taskById(id: $id) { ${TASK_FIELDS} } }`
    : `query ($team: UUID!) {
        tasks: allTasks(first: 20, orderBy: [CREATED_AT_DESC, ID_DESC], condition: { teamId: $team, status: "pending", deletedAt: null }) {
          nodes { ${TASK_FIELDS} }
        }
      }`;
  const variables = id ? { id } : { team: query.get('teamId') };
  return {
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: text, variables }),
  };
}

async function checkSameRows(service, peer, { requests, theirs }) {
  for (const place of shuffled(requests.map((_, index) => index)).slice(0, 10)) {
    const [ours, other] = await Promise.all([ask(service, requests[place]), ask(peer, theirs[place])]);
    const same = ours.every((task, index) => isSame(task, other[index]));
    check(same && ours.length === other.length, `PostGraphile answers other rows for ${theirs[place].body}`);
  }
}

const isSame = (task, row) => task.id === row?.id && task.title === row.title && task.version === row.version;

/** What `app.open_session` would set for each user, per API key. */
async function claimsOf(world, { login, size }) {
  const { Database } = await world.built('platform/database/database.js');
  const database = new Database({ login, pools: { max: 3, min: 0, acquireTimeoutMs: 5_000, readHosts: [] } });
  await database.start();
  const names = ['user_id', 'credential_id', 'team_ids', 'permissions', 'is_admin', 'is_narrowed'];
  const text = `select ${names.map((name) => `current_setting('app.${name}') as "app.${name}"`).join(', ')}`;
  const claims = {};
  for (let user = 0; user < Math.min(KEYS, size.users); user += 1) {
    const [row] = await database.query(sessionOf(user), { name: '', text, values: [] });
    claims[keyOf(user)] = { role: 'tm_app_ro', ...row };
  }
  await database.close();
  return claims;
}
