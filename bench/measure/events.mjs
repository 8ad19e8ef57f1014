import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { check } from '../harness/check.mjs';
import { compare, interleave, median, result } from '../harness/pairs.mjs';
import { sampleLimit } from '../harness/sample.mjs';
import { pointRequests, sessionOf } from '../people.mjs';
import { serviceTransaction, SOME_TASK } from '../transactions.mjs';
import { urlOf } from '../world.mjs';
import { NEW_TASK } from './cases.mjs';

const ROLE = 'tm_app_rw';
const WRITERS = 32;
const RATE = 500;
/** Opening that many connections takes a part of the time that is measured. */
const SECONDS = 3;
const PATIENCE_MS = 120_000;

const UPDATE = {
  text: 'update public.tasks set priority = (priority + 1) % 11 where id = $1 returning version',
  values: [SOME_TASK],
};

/** Writes beside a relay that publishes them all the time, and how long after a commit its event is handed out. */
export async function measureEvents(world) {
  const database = await world.database('small', world.options.size.small);
  return [...(await costs(world, database)), ...(await latencies(world, database))];
}

async function costs(given, database) {
  const world = { ...given, options: { ...given.options, seconds: Math.max(SECONDS, given.options.seconds) } };
  const cases = [
    { name: 'create', statement: await world.statements.create(NEW_TASK) },
    { name: 'update', statement: UPDATE },
  ];
  const results = [];
  for (const { name, statement } of cases) {
    const work = serviceTransaction(database.size, world.statements.scope, statement, ROLE);
    const write = () => sampleLimit(world, database, work, { role: ROLE, readOnly: false, connections: WRITERS });
    const published = async () => {
      const worker = await startWorker(world, database);
      // What was written without it is not its work of this sample.
      await worker.ask('settle');
      const before = await events(database);
      const ringing = worker.ask('ring');
      const run = await write();
      await worker.ask('quiet');
      await ringing;
      await worker.ask('stop');
      const found = (await events(database)) - before;
      check(found === run.count, `${run.count} writes are ${found} events`);
      return run;
    };
    const samples = await interleave(world.options.repetitions, published, write);
    results.push(compare(`G10 ${name}, ${WRITERS} writers: relay on / off`, 'transactions/s', samples, 'rate'));
  }
  const worker = await startWorker(world, database);
  await worker.ask('settle');
  await worker.ask('stop');
  return results;
}

async function latencies(world, database) {
  const [writer, follower] = await Promise.all([startWorker(world, database), startWorker(world, database)]);
  const waits = { same: [], other: [] };
  for (let round = -1; round < world.options.repetitions; round += 1) {
    await Promise.all([writer.ask('forget'), follower.ask('forget')]);
    const { acknowledged, elapsed } = await writer.ask('write', { rate: RATE, writes: writesOf(world, database) });
    check(elapsed < 1_500 * world.options.seconds + 1_000, `${RATE} writes a second are more than this machine takes`);
    await follower.ask('settle');
    if (round < 0) continue;
    waits.same.push(...waited(acknowledged, await writer.ask('heard')));
    waits.other.push(...waited(acknowledged, await follower.ask('heard')));
  }
  await Promise.all([writer.ask('stop'), follower.ask('stop')]);
  return Object.entries(waits).flatMap(([instance, times]) => {
    times.sort((a, b) => a - b);
    const name = `commit to event at ${RATE} writes/s, ${instance} instance`;
    return [
      result(`${name}, p50`, 'ms', median(times), 5),
      result(`${name}, p99`, 'ms', times[Math.floor(times.length * 0.99)], 10),
    ];
  });
}

function writesOf({ options }, { size }) {
  const seen = new Set();
  const tasks = pointRequests(size).filter(({ id }) => !seen.has(id) && seen.add(id));
  return tasks.slice(0, RATE * options.seconds).map(({ id, user }) => ({
    id,
    session: sessionOf(user),
    statement: { name: 'bench.update', text: UPDATE.text, values: [id] },
  }));
}

function waited(acknowledged, heard) {
  const at = new Map(heard);
  return acknowledged.map(([id, time]) => {
    check(at.has(id), `the change of ${id} was acknowledged and not handed out`);
    return at.get(id) - time;
  });
}

async function events({ admin }) {
  const { rows } = await admin.query('select head::float8 as n from app.event_bounds()');
  return rows[0].n;
}

async function startWorker(world, database) {
  const program = fileURLToPath(new URL('../harness/stream-worker.mjs', import.meta.url));
  const child = fork(program, [world.options.dist, urlOf(database.login)]);
  const waiting = new Map();
  let last = 0;
  const settled = (id, settle) => {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    clearTimeout(one.late);
    settle(one);
  };
  const failed = (id, why) => settled(id, ({ fail }) => fail(new Error(`an instance of the stream ${why}`)));
  const answered = (id) =>
    new Promise((done, fail) => {
      const late = setTimeout(() => failed(id, 'did not answer'), PATIENCE_MS);
      waiting.set(id, { done, fail, late });
    });
  child.on('message', ({ id, answer }) => settled(id, ({ done }) => done(answer)));
  child.once('exit', () => [...waiting.keys()].forEach((id) => failed(id, 'has ended')));
  await answered(0);
  return {
    ask(name, argument) {
      last += 1;
      const answer = answered(last);
      child.send({ id: last, name, argument });
      return answer;
    },
  };
}
