import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from '../../src/application.js';
import { OauthGrantsService } from '../../src/modules/oauth/oauth-grants.service.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import type { TestApp, TestUser } from '../support/app.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';
import type { Tokens } from './oauth-flow.js';
import { Browser, Flow, postForm, registerClient, startOauthApp } from './oauth-flow.js';
import { userWithPassword } from './password-user.js';

let app: TestApp;
let second: NestFastifyApplication;
let secondUrl: string;
let ada: TestUser;
let clientId: string;
let browser: Browser;

const flow = (overrides: Record<string, string | undefined> = {}): Flow => new Flow(app, browser, clientId, overrides);
const bearer = (token: string): Client => new Client(app.url).with({ authorization: `Bearer ${token}` });
const statusOf = async (token: string, path = '/auth/me'): Promise<number> => (await bearer(token).get(path)).status;

beforeAll(async () => {
  app = await startOauthApp({ OAUTH_DYNAMIC_REGISTRATION: 'true' });
  second = await createApplication(
    loadConfig({
      DATABASE_URL: app.database.serviceUrl,
      MIGRATION_DATABASE_URL: app.database.url,
      JWT_SECRET: 'a secret for tests that is long enough',
      API_HOST: '127.0.0.1',
      API_PORT: '0',
      METRICS_PORT: '0',
      DB_ACQUIRE_TIMEOUT_MS: '20000',
      RATE_LIMIT_PER_CREDENTIAL: '0',
      RATE_LIMIT_PER_ADDRESS: '0',
      LOG_LEVEL: 'silent',
      PUBLIC_URL: app.url,
      OAUTH_DYNAMIC_REGISTRATION: 'true',
    }),
    { write: () => undefined },
  );
  await second.listen(0, '127.0.0.1');
  secondUrl = await second.getUrl();
  ada = await userWithPassword(app, 'ada');
  clientId = await registerClient(app);
  browser = await new Browser(app.url).signIn('ada');
});
afterAll(async () => {
  await second.close();
  await app.close();
});

/** Texts that look like the token, and are not it. */
function mutationsOf({ access_token: token, refresh_token: refresh }: Tokens, code: string): readonly string[] {
  const secret = token.slice(4);
  const flipped = (at: number): string => `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
  const jwt = (header: object, payload: object): string =>
    [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return [
    ...[4, 5, 20, 30, token.length - 2].map(flipped),
    token.slice(0, -1),
    `${token}A`,
    `${token}=`,
    token.toUpperCase(),
    token.toLowerCase(),
    secret,
    `tmk_${secret}`,
    `tmb_${secret}`,
    `tmr_${secret}`,
    `TMO_${secret}`,
    `${token}.${token}.${token}`,
    `${jwt({ alg: 'none' }, { sub: ada.id, aud: app.url })}.`,
    `${jwt({ alg: 'HS256' }, { sub: ada.id, iss: app.url, aud: app.url })}.${secret}`,
    Buffer.from(token).toString('base64url'),
    encodeURIComponent(`${token} `),
    'tmo_',
    `tmo_${'A'.repeat(43)}`,
    `tmo_${code}`,
    code,
    refresh,
  ];
}

describe('an access token of OAuth', () => {
  it('is accepted only as it is: no mutation of it, no code and no refresh token', async () => {
    const one = flow();
    const tokens = await one.tokens();
    const mutations = mutationsOf(tokens, await flow().code());
    expect(mutations.length).toBeGreaterThanOrEqual(20);
    const accepted = [];
    for (const text of mutations) if ((await statusOf(text)) !== 401) accepted.push(text);
    expect(accepted).toEqual([]);
    const cookie = new Client(app.url).with({ cookie: `taskmaster=${tokens.access_token}` });
    expect([(await cookie.get('/auth/me')).status, await statusOf(tokens.access_token)]).toEqual([401, 200]);
  });

  it('is for its resource alone', async () => {
    const { access_token: tools } = await flow({ resource: `${app.url}/mcp` }).tokens();
    expect(await statusOf(tools)).toBe(401);
    // A cached token is checked as well, and so is one in GraphQL.
    expect(await statusOf(tools)).toBe(401);
    const graph = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tools}` },
      body: JSON.stringify({ query: '{ tasks { totalCount } }' }),
    });
    expect([graph.status, await graph.text()]).toEqual([
      expect.any(Number),
      expect.stringContaining('UNAUTHENTICATED'),
    ]);
    for (const resource of [app.url, `${app.url}/`]) {
      const { access_token: token } = await flow({ resource }).tokens();
      expect(await statusOf(token)).toBe(200);
      const atTools = await fetch(`${app.url}/mcp`, { headers: { authorization: `Bearer ${token}` } });
      expect(atTools.status).not.toBe(200);
    }
  });

  it('ends when its time is over', async () => {
    const { access_token: token } = await flow().tokens();
    await app.sql(`update sessions set expires_at = now() - interval '1 second' where oauth_grant_id is not null`);
    expect(await statusOf(token)).toBe(401);
  });

  it('ends with the next statement when it is revoked, on the other instance too', async () => {
    const { access_token: token } = await flow().tokens();
    const there = new Client(secondUrl).with({ authorization: `Bearer ${token}` });
    expect((await there.get('/auth/me')).status).toBe(200);
    await postForm(`${app.url}/oauth/revoke`, { token, client_id: clientId });
    expect([(await there.get('/auth/me')).status, await statusOf(token)]).toEqual([401, 401]);
  });

  it('is not revoked by another client', async () => {
    const { access_token: token } = await flow().tokens();
    await postForm(`${app.url}/oauth/revoke`, { token, client_id: await registerClient(app) });
    expect(await statusOf(token)).toBe(200);
  });

  it('does no more than the role of its user now, and nothing once the user is disabled', async () => {
    const grace = await userWithPassword(app, 'grace');
    const hers = new Flow(app, await new Browser(app.url).signIn('grace'), clientId);
    const tokens = await hers.tokens();
    expect((await bearer(tokens.access_token).post('/tasks', { title: 'Before' })).status).toBe(201);
    await app.sql(`update users set role_id = (select id from user_roles where role_name = 'viewer') where id = $1`, [
      grace.id,
    ]);
    expect((await bearer(tokens.access_token).post('/tasks', { title: 'After' })).status).toBe(403);
    expect(await statusOf(tokens.access_token, '/tasks')).toBe(200);
    await app.sql('update users set is_active = false where id = $1', [grace.id]);
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await hers.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('exchanges at the same moment, over two instances', () => {
  it('of one code have one winner', async () => {
    const one = flow();
    const code = await one.code();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, place) =>
        postForm(`${place % 2 ? app.url : secondUrl}/oauth/token`, {
          grant_type: 'authorization_code',
          client_id: clientId,
          redirect_uri: 'http://127.0.0.1:7777/callback',
          code,
          code_verifier: one.verifier,
        }),
      ),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect([won.length, new Set(answers.map(({ status }) => status))]).toEqual([1, new Set([200, 400])]);
    const sessions = await app.sql(
      `select from sessions where oauth_grant_id = (select oauth_grant_id from sessions where oauth_grant_id is not null order by created_at desc limit 1)`,
    );
    expect(sessions.length).toBe(1);
  });

  it('of one refresh token have one winner', async () => {
    const one = flow();
    const { refresh_token: token } = await one.tokens();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, place) =>
        postForm(`${place % 2 ? app.url : secondUrl}/oauth/token`, {
          grant_type: 'refresh_token',
          client_id: clientId,
          refresh_token: token,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
  });
});

describe('a refresh token', () => {
  it('that is used again later ends everything of its grant', async () => {
    const one = flow();
    const first = await one.tokens();
    const { body: next } = await one.refresh(first.refresh_token);
    expect((await one.refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await one.refresh(next.refresh_token)).body.error).toBe('invalid_grant');
    expect([await statusOf(first.access_token), await statusOf(next.access_token)]).toEqual([401, 401]);
  });

  it('is for its client alone', async () => {
    const one = flow();
    const { refresh_token: token } = await one.tokens();
    expect((await one.refresh(token, { client_id: await registerClient(app) })).body.error).toBe('invalid_grant');
    expect((await one.refresh(token)).status).toBe(200);
  });
});

describe('the grants of a user', () => {
  it('are listed and revoked, which ends their tokens', async () => {
    const one = flow();
    const tokens = await one.tokens();
    const mine = new Client(app.url, ada);
    const { body } = await mine.get<{ id: string }[]>('/oauth/grants?limit=1');
    expect(body.data[0]).toMatchObject({
      client: clientId,
      clientName: 'Test client',
      scopes: ['tasks:read', 'tasks:write'],
      resource: app.url,
      lastUsedAt: expect.any(String),
    });
    const path = `/oauth/grants/${body.data[0]?.id ?? ''}`;
    const eve = new Client(app.url, await app.user('developer', 'eve'));
    expect([(await eve.delete(path)).status, (await bearer(tokens.access_token).delete(path)).status]).toEqual([
      404, 403,
    ]);
    expect((await eve.get('/oauth/grants')).body.data).toEqual([]);
    expect((await mine.delete(path)).status).toBe(204);
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await one.refresh(tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await mine.delete(path)).status).toBe(404);
  });

  it('are forgotten after their time, with what belongs to them', async () => {
    await flow().tokens();
    await app.sql(`update oauth_grants set expires_at = now() - interval '2 days'`);
    await app.sql(`update oauth_records set expires_at = now() - interval '1 second' where kind = 'Interaction'`);
    const grants = app.app.get(OauthGrantsService, { strict: false });
    await app.app.get(Database, { strict: false }).system('drop-expired-oauth', (tx) => grants.dropExpired(tx));
    const left = await app.sql(
      `select 'grant' from oauth_grants union all select 'session' from sessions where oauth_grant_id is not null
       union all select kind from oauth_records where grant_id is not null or kind = 'Interaction'`,
    );
    expect(left).toEqual([]);
  });

  it('are the same in GraphQL', async () => {
    const { access_token: token } = await flow().tokens();
    const graph = new GraphqlClient(app.url, ada);
    const { data } = await graph.run<{ oauthGrants: { nodes: { id: string }[] } }>(
      '{ oauthGrants(first: 1) { nodes { id scopes } } }',
    );
    await graph.run(`mutation { revokeOauthGrant(id: "${data?.oauthGrants.nodes[0]?.id ?? ''}") }`);
    expect(await statusOf(token)).toBe(401);
  });
});
