import { teamId } from './dataset.mjs';
import { transaction } from './harness/pgbench.mjs';
import { CREDENTIAL, pgbenchChoice, randomChoice, TASK, TEAM, USER } from './people.mjs';

/** Stand for the user's own team and task in a recorded statement. */
export const SOME_TEAM = teamId(0);
export const SOME_TASK = '00000000-0000-7000-8000-000000000000';

const chosen = new Map([
  [JSON.stringify(SOME_TEAM), TEAM],
  [JSON.stringify([SOME_TEAM]), `array[${TEAM}]`],
  [JSON.stringify(SOME_TASK), TASK],
]);

const literal = (value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value);

/**
 * The service's transaction for pgbench: its scope and its statement in one Sync. What varies is chosen by pgbench;
 * everything else is a parameter too, as it is for the service.
 */
export function serviceTransaction(size, scope, statement, role) {
  const constants = { role, request: scope.values[3] };
  const scopeStep = { text: scope.text, values: [USER, CREDENTIAL, 'null', ':request', ':role'] };
  return transaction({
    sets: pgbenchChoice(size),
    choose: () => randomChoice(size),
    statements: [scopeStep, { text: statement.text, values: expressions(statement, constants) }],
    constants,
  });
}

export function expressions(statement, constants) {
  return statement.values.map((value, place) => {
    const own = chosen.get(JSON.stringify(value));
    if (own) return own;
    if (value === null) return 'null';
    constants[`v${place}`] = literal(value);
    return `:v${place}`;
  });
}
