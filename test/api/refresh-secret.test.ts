import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createApplication } from '../../src/application.js';
import { loadConfig } from '../../src/platform/config/config.js';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { PASSWORD, userWithPassword } from './password-user.js';

const [OLD, NEXT] = ['the-old-secret-of-refresh-tokens-0000', 'the-next-secret-of-refresh-tokens-000'];

interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

let app: TestApp;
const others: NestFastifyApplication[] = [];

/** Another instance on the same database, with other settings: an update that is rolled out. */
async function instance(env: Record<string, string>): Promise<Client> {
  const config = loadConfig({
    ...{ DATABASE_URL: app.database.serviceUrl, JWT_SECRET: 'a secret for tests that is long enough' },
    ...{ API_HOST: '127.0.0.1', API_PORT: '0', METRICS_PORT: '0', PROMETHEUS_ENABLED: 'false', LOG_LEVEL: 'silent' },
    ...env,
  });
  const other = await createApplication(config, { write: () => undefined });
  others.push(other);
  await other.listen(0, '127.0.0.1');
  return new Client((await other.getUrl()).replace('[::1]', '127.0.0.1'));
}

const login = async (at: Client): Promise<string> =>
  (await at.post<Tokens>('/auth/login', { email: 'ada@example.test', password: PASSWORD })).body.data.refreshToken;

/** The next token, or the status of the refusal. */
async function refreshed(at: Client, refreshToken: string): Promise<string | number> {
  const { status, body } = await at.post<Tokens>('/auth/refresh', { refreshToken });
  return status === 200 ? body.data.refreshToken : status;
}

beforeAll(async () => {
  app = await startTestApp();
  await userWithPassword(app, 'ada');
});

afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});

afterAll(() => app.close());

describe('REFRESH_SECRET', () => {
  it('keys what the database knows of a token', async () => {
    const keyed = await instance({ REFRESH_SECRET: OLD });
    const token = await login(keyed);
    const known = `select from sessions where refresh_hash = sha256(convert_to($1, 'UTF8'))`;
    expect(await app.sql(known, [token])).toEqual([]);
    expect(await app.sql(known, [await login(new Client(app.url))])).toHaveLength(1);
  });

  // Seen to fail: with tokens without a key id refused.
  it('takes tokens from before over, still single use', async () => {
    const first = await login(new Client(app.url));
    const keyed = await instance({ REFRESH_SECRET: OLD });
    const second = await refreshed(keyed, first);
    expect(second).toEqual(expect.stringMatching(/^tmr_/));
    const third = await refreshed(keyed, String(second));
    expect(third).toEqual(expect.stringMatching(/^tmr_/));
    expect(await refreshed(keyed, first)).toBe(401);
    expect(await refreshed(keyed, String(third))).toBe(401);
  });

  it('refuses them when that is over', async () => {
    const first = await login(new Client(app.url));
    const strict = await instance({ REFRESH_SECRET: OLD, REFRESH_UNKEYED_ACCEPTED: 'false' });
    expect(await refreshed(strict, first)).toBe(401);
    expect(await refreshed(new Client(app.url), first)).toEqual(expect.stringMatching(/^tmr_/));
  });

  it('changes without ending a login, on instances of both secrets', async () => {
    const before = await instance({ REFRESH_SECRET: OLD, REFRESH_SECRETS_ACCEPTED: NEXT });
    const after = await instance({ REFRESH_SECRET: NEXT, REFRESH_SECRETS_ACCEPTED: OLD });
    let token: string | number = await login(before);
    for (const at of [after, before, before, after, after]) token = await refreshed(at, String(token));
    expect(token).toEqual(expect.stringMatching(/^tmr_/));
  });

  it('ends all logins when it changes and the secret before is not named', async () => {
    const token = await login(await instance({ REFRESH_SECRET: OLD }));
    expect(await refreshed(await instance({ REFRESH_SECRET: NEXT }), token)).toBe(401);
  });

  it('ends the session of a token by a logout, under any accepted secret', async () => {
    const before = await instance({ REFRESH_SECRET: OLD });
    const after = await instance({ REFRESH_SECRET: NEXT, REFRESH_SECRETS_ACCEPTED: OLD });
    const token = await login(before);
    expect((await after.post('/auth/logout', { refreshToken: token })).status).toBe(204);
    expect(await refreshed(before, token)).toBe(401);
  });
});
