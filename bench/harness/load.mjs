import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './check.mjs';

const hasWrk = spawnSync('wrk', ['--version']).error === undefined;

/** Which load generator this machine has. */
export const generator = hasWrk ? 'wrk' : 'a node load generator (wrk is not installed)';

/**
 * Sends the requests in a cycle, from a random position on, in a separate process.
 * @param requests `{ method, path, headers, body }` each
 * @returns requests per second, and p50 and p99 in milliseconds
 */
export async function load({ url, requests, connections = 64, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'taskmaster-bench-'));
  try {
    const measured = hasWrk
      ? await withWrk(folder, url, requests, connections, seconds)
      : await withNode(folder, url, requests, connections, seconds);
    const failed = measured.refused + measured.broken;
    check(failed === 0, `${failed} of ${measured.count} requests to ${url} were not answered with a success`);
    return measured;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const quote = (text) => `[==[${text}]==]`;

function luaOf({ method = 'GET', path, headers = {}, body }) {
  const pairs = Object.entries(headers).map(([name, value]) => `[ ${quote(name)} ] = ${quote(value)}`);
  return `wrk.format(${quote(method)},${quote(path)},{${pairs.join(',')}}${body === undefined ? '' : `,${quote(body)}`})`;
}

/** Requests are formatted once, before the first is sent: formatting each time would cost as much as sending. */
function luaScript(requests) {
  // In parts, because Lua bounds the size of a function.
  const parts = [];
  for (let from = 0; from < requests.length; from += 1_000) {
    const lines = requests.slice(from, from + 1_000).map((one) => `all[#all + 1] = ${luaOf(one)}`);
    parts.push(`function part${parts.length}()\n${lines.join('\n')}\nend`);
  }
  return `all = {}
at = 0
${parts.join('\n')}
function request()
  if #all == 0 then
    ${parts.map((_, place) => `part${place}()`).join(' ')}
    math.randomseed(os.time())
    at = math.random(#all)
  end
  at = at % #all + 1
  return all[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"count":%d,"micros":%d,"refused":%d,"broken":%d,"p50":%f,"p99":%f}\\n',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
`;
}

async function withWrk(folder, url, requests, connections, seconds) {
  const script = join(folder, 'requests.lua');
  writeFileSync(script, luaScript(requests));
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url];
  const text = await textOf(spawn('wrk', args));
  const line = text.split('\n').find((one) => one.startsWith('{"count"'));
  check(line !== undefined, `wrk gave no report: ${text.slice(0, 500)}`);
  return withRate(JSON.parse(line));
}

async function withNode(folder, url, requests, connections, seconds) {
  const input = join(folder, 'requests.json');
  writeFileSync(input, JSON.stringify({ url, requests, connections, seconds }));
  const worker = fileURLToPath(new URL('load-worker.mjs', import.meta.url));
  return withRate(JSON.parse(await textOf(spawn(process.execPath, [worker, input]))));
}

function withRate(measured) {
  return { ...measured, rate: (measured.count * 1e6) / measured.micros };
}

function textOf(child) {
  return new Promise((done, fail) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.once('error', fail).once('close', () => done(text));
  });
}
