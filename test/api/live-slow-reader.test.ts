import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { LiveClients } from '../../src/platform/realtime/live-clients.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { eventually } from '../start/program.js';
import { LiveTestClient } from '../support/live-client.js';

/**
 * The buffer of a slow reader is bounded, and a disconnected reader can resume.
 * Seen to fail: without the bound in LiveClient.#canWrite nobody was disconnected, and the loop ran into its limit.
 */
const TASKS_MAX = 800;
const CUT_OFF = 'taskmaster_websocket_closed_total{reason="too_slow"}';

let app: TestApp;
let user: TestUser;

beforeAll(async () => {
  app = await startTestApp({ RATE_LIMIT_PER_CREDENTIAL: '1000000' });
  user = await app.user();
});

afterAll(() => app.close());

async function cutOff(): Promise<number> {
  const line = (await app.app.get(Metrics).text()).split('\n').find((text) => text.startsWith(CUT_OFF));
  return Number(line?.slice(CUT_OFF.length));
}

const tcpOf = ({ socket }: LiveTestClient): Socket => (socket as unknown as { _socket: Socket })._socket;

describe('a slow reader', () => {
  it('is closed with 4008 while others continue, and resumes from its cursor without a gap', async () => {
    const rest = new Client(app.url, user);
    const connect = (): Promise<LiveTestClient> => LiveTestClient.open(app.url, user.key);
    const [slow, quick] = [await connect(), await connect()];
    const { data } = await slow.ask('subscribe', { id: 'all', types: ['task.*'] });
    await quick.ask('subscribe', { id: 'all', types: ['task.*'] });
    const clients = app.app.get(LiveClients);
    tcpOf(slow).pause();
    // More than both kernels buffer, plus the bound of the service.
    const description = 'x'.repeat(60_000);
    const made: string[] = [];
    while ([...clients].every(({ ended }) => ended === null)) {
      const { body } = await rest.post<{ id: string }>('/tasks', { title: `t${made.length}`, description });
      made.push(body.data.id);
      expect(made.length).toBeLessThan(TASKS_MAX);
    }
    tcpOf(slow).resume();
    expect(await slow.closed).toEqual({ code: 4008, reason: 'resume' });
    await quick.eventOf(made.at(-1)!, 'task.created');
    expect(quick.events()).toHaveLength(made.length);
    await eventually(async () => (await cutOff()) === 1);

    const cursor = slow.answers.findLast(({ event }) => event === 'event')?.data.cursor ?? data.cursor;
    const again = await connect();
    await again.ask('subscribe', { id: 'all', types: ['task.*'], since: cursor });
    const seen = [...slow.events(), ...again.events()].map((event) => event.subject);
    expect(seen).toEqual(made.map((id) => `tasks/${id}`));
    expect(slow.events().length).toBeLessThan(made.length);
    await Promise.all([quick.close(), again.close()]);
  });
});
