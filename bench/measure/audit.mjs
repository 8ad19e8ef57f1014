import { check } from '../harness/check.mjs';
import { compare, interleave } from '../harness/pairs.mjs';
import { sampleLimit } from '../harness/sample.mjs';
import { serviceTransaction, SOME_TASK } from '../transactions.mjs';
import { NEW_TASK } from './cases.mjs';

const ROLE = 'tm_app_rw';
const CLIENTS = 4;

/** Unlike the service's own, this one changes the task every time; an update that changes nothing leaves no trail. */
const UPDATE = {
  text: 'update public.tasks set priority = (priority + 1) % 11 where id = $1 returning version',
  values: [SOME_TASK],
};

/** What the trail costs a write: the same transactions with its triggers and without them, in turns. */
export async function measureAudit(world) {
  const database = await world.database('small', world.options.size.small);
  const cases = [
    { name: 'create', event: 'insert', statement: await world.statements.create(NEW_TASK) },
    { name: 'update', event: 'update', statement: UPDATE },
  ];
  const results = [];
  for (const { name, event, statement } of cases) {
    const work = serviceTransaction(database.size, world.statements.scope, statement, ROLE);
    const sample = async (state) => {
      await database.admin.query(`alter table public.tasks ${state} trigger tasks_audit_${event}`);
      const before = await trail(database);
      const run = await sampleLimit(world, database, work, { role: ROLE, readOnly: false, connections: CLIENTS });
      const left = (await trail(database)) - before;
      check(state === 'enable' ? left === run.count : left === 0, `${run.count} writes left ${left} entries`);
      return run;
    };
    try {
      const samples = await interleave(
        world.options.repetitions,
        () => sample('enable'),
        () => sample('disable'),
      );
      results.push(
        compare(`audit ${name}: with the trail / without`, 'transactions/s', samples, 'rate'),
        compare(`audit ${name}: with the trail / without, PostgreSQL CPU`, 'us/transaction', samples, 'postgres'),
      );
    } finally {
      await database.admin.query(`alter table public.tasks enable trigger tasks_audit_${event}`);
    }
  }
  return results;
}

async function trail({ admin }) {
  const { rows } = await admin.query('select count(*)::int as n from public.audit_logs');
  return rows[0].n;
}
