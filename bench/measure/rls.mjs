import { check } from '../harness/check.mjs';
import { transaction } from '../harness/pgbench.mjs';
import { compare, interleave } from '../harness/pairs.mjs';
import { sampleLimit } from '../harness/sample.mjs';
import { CREDENTIAL, pgbenchChoice, randomChoice, USER } from '../people.mjs';
import { expressions, serviceTransaction } from '../transactions.mjs';
import { BYPASS, withBypass } from '../world.mjs';
import { readCases, writeCases } from './cases.mjs';

const CLIENTS = 4;

/**
 * G1: what a policy costs PostgreSQL beyond the condition that an application would write itself. The same statement
 * runs once under the policies and once as a role that no policy binds, with `team_id = any(...)` in its text. Both
 * open a session first: somebody has to find out who asks and what they may see.
 */
export async function measureRls(world) {
  const database = await world.database('main', world.options.size.main);
  return withBypass(database, async () => {
    const results = [];
    for (const { name, statement, role } of [...(await readCases(world)), ...(await writeCases(world))]) {
      const readOnly = role === 'tm_app_ro';
      const policy = serviceTransaction(database.size, world.statements.scope, statement, role);
      const filter = filtered(world, database.size, statement, role);
      const samples = await interleave(
        world.options.repetitions,
        () => sampleLimit(world, database, policy, { role, readOnly, connections: CLIENTS }),
        () => sampleLimit(world, database, filter, { role: BYPASS, readOnly, connections: CLIENTS }),
      );
      results.push(compare(`G1 ${name}: policy / app filter, PostgreSQL CPU`, 'us/transaction', samples, 'postgres'));
    }
    return results;
  });
}

/** The teams of the user, as the application would have them: from the session that it opened. */
const TEAMS = `(current_setting('app.team_ids')::uuid[])`;

/** The statement with the filter in its text, behind a session that does not change the role. */
function filtered(world, size, statement, role) {
  const constants = { role, request: world.statements.scope.values[3] };
  const open = {
    text: 'select app.open_session($1::uuid, $2::uuid, $3::text, $4::jsonb, $5::text)',
    values: [USER, CREDENTIAL, 'null', ':request', ':role'],
  };
  const own = { text: withFilter(statement.text), values: expressions(statement, constants) };
  return transaction({
    sets: pgbenchChoice(size),
    choose: () => randomChoice(size),
    statements: [open, own],
    constants,
  });
}

function withFilter(text) {
  const found = text
    .replaceAll('app.current_team_ids()', TEAMS)
    .replace(/(from public\.tasks t\s+where )/g, `$1t.team_id = any(${TEAMS}) and `)
    .replace(/(update public\.tasks t\s+set[\s\S]*?\nwhere )/, `$1t.team_id = any(${TEAMS}) and `)
    .replace(/(from public\.teams team\s+where )/, `$1team.id = any(${TEAMS}) and `);
  check(found !== text, 'a statement has no place for the filter of the application');
  return found;
}
