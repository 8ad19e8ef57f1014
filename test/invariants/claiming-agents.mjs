/**
 * Agents in a separate process, so that they can be killed without notice. Each claims a task, sends heartbeats while it
 * works, and completes under its fence; some abandon a claim and write after it has expired.
 */
const [url, key, projectKey, agents, seed, leaseSeconds, forgetful] = process.argv.slice(2);
const headers = { 'x-api-key': key, 'content-type': 'application/json' };
const IDLE_MS = 500;

let state = Number(seed);
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

async function send(method, path, body, more = {}) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...headers, ...more },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Abandoned claims; the holder writes after the lease has expired, as if nothing had happened. */
const forgotten = [];

async function comeBack() {
  while (forgotten.length > 0 && Date.parse(forgotten[0].expiresAt) < Date.now()) {
    const { taskId, fence } = forgotten.shift();
    const late = [
      await send('POST', `/tasks/${taskId}/complete`, { fence }),
      await send('PATCH', `/tasks/${taskId}`, { title: 'too late' }, { 'lease-fence': String(fence) }),
      await send('POST', `/tasks/${taskId}/heartbeat`, { fence }),
    ];
    for (const { status, body } of late)
      tell({ what: status === 200 ? 'late accepted' : 'late refused', code: body?.code });
  }
}

async function work({ taskId, fence, expiresAt }) {
  if (random() < Number(forgetful)) {
    forgotten.push({ taskId, fence, expiresAt });
    return;
  }
  if (random() < 0.3) await send('POST', `/tasks/${taskId}/heartbeat`, { fence });
  const { status, body } = await send('POST', `/tasks/${taskId}/complete`, { fence });
  tell(status === 200 ? { what: 'completed' } : { what: 'refused', code: body?.code });
}

async function agent() {
  for (;;) {
    await comeBack();
    const { status, body } = await send('POST', '/tasks/claim', { projectKey, leaseSeconds: Number(leaseSeconds) });
    if (status === 200) await work(body.data.lease);
    else if (status === 204) {
      tell({ what: 'idle' });
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    } else tell({ what: 'refused', code: body?.code });
  }
}

await Promise.all(Array.from({ length: Number(agents) }, agent));
