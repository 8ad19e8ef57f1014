import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { check } from '../harness/check.mjs';
import { residentBytes } from '../harness/cpu.mjs';
import { result } from '../harness/pairs.mjs';
import { teamId } from '../dataset.mjs';
import { KEYS, keyOf, teamsOf } from '../people.mjs';
import { limitsOf, startService } from '../service.mjs';
import { NEW_TASK } from './cases.mjs';

/** Writes a second, with the goals in milliseconds. */
const RATES = [
  { rate: 100, goal: { p50: 5, p99: 10 } },
  { rate: 500, goal: { p50: 8, p99: 25 } },
];
const SOCKETS = 5_000;
/** Sockets are opened this many at a time, as a crowd that comes back would be let in by a proxy. */
const AT_ONCE = 100;
const PATIENCE_MS = 20_000;

/** Limits belong to other measurements: here one user writes for all, and thousands of sockets are theirs. */
const SETTINGS = {
  ...limitsOf(10_000_000),
  WS_SOCKETS_MAX: String(4 * SOCKETS),
  WS_SOCKETS_PER_USER_MAX: String(4 * SOCKETS),
};

/** From a commit to the frame at a subscriber of the same and of another instance, and what thousands of sockets take. */
export async function measureLive(world) {
  const database = await world.database('small', world.options.size.small);
  const start = () => startService(world, database, { key: keyOf(0), settings: SETTINGS });
  const [here, there] = [await start(), await start()];
  try {
    return [...(await measureLatency(world, database, here, there)), ...(await measureSockets(world, database, here))];
  } finally {
    await here.stop();
    await there.stop();
  }
}

async function measureLatency(world, { size }, here, there) {
  const listeners = [
    { where: 'same instance', seen: new Map(), service: here },
    { where: 'another instance', seen: new Map(), service: there },
  ];
  for (const listener of listeners) {
    listener.socket = await subscribed(listener.service, keyOf(0), { types: ['task.created'] }, (text) => {
      const { data } = JSON.parse(text);
      if (data.event) listener.seen.set(data.event.subject.slice('tasks/'.length), [Date.now(), data.event.time]);
    });
  }
  const team = teamId(teamsOf(0, size)[0]);
  await write(here, team, RATES[0].rate, 1);
  const results = [];
  for (const { rate, goal } of RATES) {
    const written = await write(here, team, rate, world.options.seconds * 5);
    for (const { where, seen } of listeners) {
      await until(() => [...written.keys()].every((id) => seen.has(id)), `every event at a listener of ${where}`);
      const acknowledged = [...written].map(([id, at]) => seen.get(id)[0] - at);
      const began = [...written.keys()].map((id) => seen.get(id)[0] - Date.parse(seen.get(id)[1]));
      const figures = ['p50', 'p90', 'p99'].map((p) => `${p} ${percentile(began, p)} ms`);
      world.note(`${where}, ${written.size} writes: ${figures.join(', ')} from the beginning of the transaction`);
      for (const p of ['p50', 'p99']) {
        const name = `${rate} writes/s, ${where}, ${p} / goal`;
        results.push(
          result(`G11 begun in PostgreSQL → frame, ${name}`, 'ms', percentile(began, p), goal[p]),
          result(`acknowledged → frame, ${name}`, 'ms', percentile(acknowledged, p), goal[p]),
        );
      }
    }
  }
  for (const { socket } of listeners) socket.terminate();
  return results;
}

/** Creates tasks at a steady rate, whatever the answers take; when each was acknowledged. */
async function write({ url }, team, rate, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const body = JSON.stringify({ ...NEW_TASK, teamId: team });
  const total = rate * seconds;
  const acknowledged = new Map();
  const start = performance.now();
  const answers = [];
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1_000) * rate));
    for (; sent < due; sent += 1) {
      answers.push(create(`${url}/api/v1/tasks`, agent, body).then((id) => acknowledged.set(id, Date.now())));
    }
    await delay(1);
  }
  const refused = (await Promise.allSettled(answers)).find(({ status }) => status === 'rejected');
  agent.destroy();
  check(!refused, `a write failed: ${refused?.reason.message}`);
  check(acknowledged.size === total, `${acknowledged.size} of ${total} writes were acknowledged`);
  return acknowledged;
}

function create(url, agent, body) {
  const headers = { 'x-api-key': keyOf(0), 'content-type': 'application/json', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.once('end', () => {
        if (response.statusCode === 201) resolve(JSON.parse(text).data.id);
        else reject(new Error(`it was answered ${response.statusCode} ${text}`));
      });
    });
    call.once('error', reject);
    call.end(body);
  });
}

async function measureSockets(world, { size }, service) {
  await delay(1_000);
  const before = residentBytes(service.pid);
  const sockets = [];
  let frames = 0;
  const count = () => (frames += 1);
  const opening = performance.now();
  for (let first = 0; first < SOCKETS; first += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, n) => subscribed(service, keyOf((first + n) % KEYS), {}, count));
    sockets.push(...(await Promise.all(some)));
  }
  world.note(`${SOCKETS} sockets opened and subscribed in ${Math.round(performance.now() - opening)} ms`);
  await delay(3_000);
  const each = (residentBytes(service.pid) - before) / SOCKETS;
  const members = sockets.filter((_, n) => teamsOf(n % KEYS, size).includes(teamsOf(0, size)[0])).length;
  frames = 0;
  const agent = new Agent();
  const body = JSON.stringify({ ...NEW_TASK, teamId: teamId(teamsOf(0, size)[0]) });
  const began = performance.now();
  await create(`${service.url}/api/v1/tasks`, agent, body);
  await until(() => frames >= members, `a frame at each of ${members} sockets`);
  const fanOut = performance.now() - began;
  for (const socket of sockets) socket.terminate();
  world.note(`one write reached ${members} sockets in ${Math.round(fanOut)} ms, the write included`);
  return [
    result(`memory of one of ${SOCKETS} sockets with a subscription`, 'KiB', each / 1_024, 50),
    result(`one write at ${members} sockets`, 'ms', fanOut, 250),
  ];
}

/** A socket that listens; resolves once it is live. */
function subscribed({ url }, key, filter, onText) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': key } });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => socket.send(JSON.stringify({ event: 'subscribe', data: { id: 'all', ...filter } })));
    socket.once('message', (data) => {
      if (!String(data).startsWith('{"event":"subscribed"')) {
        reject(new Error(`a subscription was answered ${data}`));
        return;
      }
      socket.on('message', (text) => onText(String(text)));
      resolve(socket);
    });
  });
}

function percentile(values, name) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * Number(name.slice(1))) / 100))];
}

async function until(holds, what) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    check(performance.now() < deadline, `${what} did not come`);
    await delay(5);
  }
}
