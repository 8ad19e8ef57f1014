import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import type { Mailbox } from '../support/mailbox.js';
import { startMailbox } from '../support/mailbox.js';
import { PASSWORD } from './password-user.js';

interface Invite {
  readonly id: string;
  readonly teamId: string | null;
  readonly email: string;
  readonly role: string | null;
  readonly status: string;
}

interface Accepted {
  readonly teamId: string | null;
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly role: string;
    readonly emailVerified: boolean;
  };
  readonly token: string | null;
}

let mailbox: Mailbox;
let app: TestApp;
let nobody: Client;
let root: TestUser;
let owner: TestUser;
let manager: TestUser;
let member: TestUser;
let stranger: TestUser;
let teamId: string;

const as = (user: TestUser): Client => new Client(app.url, user);
const address = (): string => `${randomUUID()}@example.test`;
const invite = (user: TestUser, email: string, more: object = {}): Promise<Reply<Invite>> =>
  as(user).post<Invite>('/auth/invite', { email, teamId, ...more });
const acceptAsNew = (token: string, more: object = {}): Promise<Reply<Accepted>> =>
  nobody.post<Accepted>('/auth/invite/accept', { token, name: 'Grace Hopper', password: PASSWORD, ...more });
const accept = (user: TestUser, token: string): Promise<Reply<Accepted>> =>
  as(user).post<Accepted>('/auth/invite/accept', { token });
const codesOf = ({ body }: Reply<unknown>): unknown[] => (body.errors ?? []).map(({ path, code }) => [path, code]);
const longAgo = (id: string): Promise<unknown> =>
  app.sql(`update invites set sent_at = now() - interval '2 minutes' where id = $1`, [id]);

beforeAll(async () => {
  mailbox = await startMailbox();
  app = await startTestApp(mailbox.env);
  nobody = new Client(app.url);
  root = await app.user('admin');
  owner = await app.user();
  manager = await app.user();
  member = await app.user();
  stranger = await app.user();
});

beforeEach(async () => {
  teamId = await app.team(owner, manager, member);
  await app.sql(`update team_members set role = 'admin' where team_id = $1 and user_id = $2`, [teamId, manager.id]);
});

afterAll(async () => {
  await app.close();
  await mailbox.close();
});

describe('an invitation', () => {
  it('makes an account that is a member, with a verified address', async () => {
    const email = address();
    const made = await invite(owner, email, { role: 'admin' });
    expect([made.status, made.body.data]).toMatchObject([201, { email, teamId, role: 'admin', status: 'open' }]);
    const token = await mailbox.takeToken(email);
    const { status, body } = await acceptAsNew(token);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ teamId, user: { email, role: 'developer', emailVerified: true } });
    const grace = nobody.with({ authorization: `Bearer ${body.data.token}` });
    const members = await grace.get<{ userId: string; role: string }[]>(`/teams/${teamId}/members`);
    expect(members.body.data).toContainEqual(expect.objectContaining({ userId: body.data.user.id, role: 'admin' }));
    const after = await as(owner).get<Invite>(`/invites/${made.body.data.id}`);
    expect(after.body.data.status).toBe('accepted');
    expect(codesOf(await acceptAsNew(token))).toEqual([['token', 'TOKEN_NOT_VALID']]);
  });

  it('is accepted by the user of the address, and by nobody else', async () => {
    await invite(owner, (await emailOf(stranger)).toUpperCase());
    const token = await mailbox.takeToken((await emailOf(stranger)).toUpperCase());
    expect(codesOf(await accept(member, token))).toEqual([['token', 'OTHER_ADDRESS']]);
    expect(codesOf(await acceptAsNew(token))).toEqual([['token', 'HAS_ACCOUNT']]);
    const mixed = await as(stranger).post('/auth/invite/accept', { token, name: 'Somebody', password: PASSWORD });
    expect(mixed.status).toBe(400);
    const accepted = await accept(stranger, token);
    expect([accepted.status, accepted.body.data]).toMatchObject([
      201,
      { teamId, token: null, user: { id: stranger.id } },
    ]);
    expect((await as(stranger).get(`/teams/${teamId}`)).status).toBe(200);
    await app.sql('delete from team_members where team_id = $1 and user_id = $2', [teamId, stranger.id]);
  });

  it('is accepted once when two accept at the same moment', async () => {
    const email = address();
    await invite(owner, email);
    const token = await mailbox.takeToken(email);
    const answers = await Promise.all([acceptAsNew(token), acceptAsNew(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
  });

  it('says the same whether or not the address has an account', async () => {
    const [known, unknown] = [await invite(owner, await emailOf(stranger)), await invite(owner, address())];
    const shapeOf = ({ status, body }: Reply<Invite>): unknown => [status, Object.keys(body.data), body.data.status];
    expect(shapeOf(known)).toEqual(shapeOf(unknown));
    await as(owner).delete(`/invites/${known.body.data.id}`);
  });

  it('is refused with a credential that does not work or has scopes', async () => {
    const email = address();
    await invite(owner, email);
    const token = await mailbox.takeToken(email);
    const broken = nobody.with({ authorization: 'Bearer nonsense' });
    expect((await broken.post('/auth/invite/accept', { token, name: 'A', password: PASSWORD })).status).toBe(401);
    const narrowed = await app.user('developer', undefined, ['*']);
    expect((await accept(narrowed, token)).status).toBe(403);
  });

  it('names all that is wrong', async () => {
    const { status, body } = await nobody.post('/auth/invite/accept', { token: '', teamId });
    expect(status).toBe(400);
    expect(body.errors?.map(({ path }) => path).sort()).toEqual(['name', 'password', 'teamId', 'token']);
    const wrong = await as(owner).post('/auth/invite', { email: 'x', teamId: 'y', role: 'owner', language: 'de' });
    expect(wrong.body.errors?.map(({ path }) => path).sort()).toEqual(['email', 'language', 'role', 'teamId']);
  });
});

describe('inviting', () => {
  it('is for those who manage the team', async () => {
    expect((await invite(manager, address())).status).toBe(201);
    expect((await invite(member, address())).status).toBe(403);
    expect((await invite(stranger, address())).status).toBe(404);
    expect((await invite(await app.user('viewer'), address())).status).toBe(403);
    expect((await as(owner).post('/auth/invite', { email: address(), teamId: owner.teamId })).status).toBe(422);
  });

  it('to the service alone, and with a role, is for administrators', async () => {
    const email = address();
    expect((await as(owner).post('/auth/invite', { email })).status).toBe(403);
    expect((await invite(owner, email, { userRole: 'admin' })).status).toBe(403);
    expect((await as(root).post('/auth/invite', { email, userRole: 'nobody' })).status).toBe(422);
    expect((await as(root).post('/auth/invite', { email, userRole: 'viewer' })).status).toBe(201);
    const mail = await mailbox.take(email);
    expect(mail.subject).toBe('You are invited to TaskMaster');
    const token = /code=([\w-]+)/.exec(mail.text ?? '')?.[1] ?? '';
    expect((await acceptAsNew(token)).body.data).toMatchObject({ teamId: null, user: { role: 'viewer' } });
  });

  it('an address twice, or a member, is a conflict', async () => {
    const email = address();
    await invite(owner, email);
    expect((await invite(manager, email.toUpperCase())).status).toBe(409);
    expect((await invite(owner, await emailOf(member))).status).toBe(409);
  });

  it('is mailed in the language that was asked for', async () => {
    const email = address();
    await invite(owner, email, { language: 'fa' });
    const { subject, text } = await mailbox.take(email);
    expect(subject).toMatch(/^به تیم .+ دعوت شدید$/);
    expect(text).toContain('https://taskmaster.example.test/invite?code=');
  });

  it('stops at 200 in a day', async () => {
    const eager = await app.user();
    const own = await app.team(eager);
    await app.sql(
      `insert into invites (team_id, email, role, token_hash, created_by)
select $1::uuid, n || '@example.test', 'member', sha256(convert_to($1::uuid::text || n, 'utf8')), $2::uuid from generate_series(1, 200) n`,
      [own, eager.id],
    );
    const { status, body } = await as(eager).post('/auth/invite', { email: address(), teamId: own });
    expect([status, body.detail]).toEqual([422, 'You have sent 200 invitations in 24 hours. Try again tomorrow.']);
  });
});

describe('a credential with scopes', () => {
  it('invites nobody: the invited person would have no such scopes', async () => {
    const narrowed = await app.user('developer', undefined, ['tasks:read', 'tasks:write']);
    const own = await app.team(narrowed);
    const invited = await as(narrowed).post('/auth/invite', { email: address(), teamId: own });
    expect([invited.status, invited.body.detail]).toEqual([403, 'A credential with scopes cannot invite.']);
  });
});

describe('an open invitation', () => {
  it('is listed for the members of the team and for nobody else', async () => {
    const { body } = await invite(owner, address());
    const listOf = async (user: TestUser): Promise<string[]> =>
      (await as(user).get<Invite[]>(`/invites?teamId=${teamId}&status=open`)).body.data.map(({ id }) => id);
    expect(await listOf(owner)).toEqual([body.data.id]);
    expect(await listOf(member)).toEqual([body.data.id]);
    expect(await listOf(root)).toEqual([body.data.id]);
    expect((await as(stranger).get(`/invites?teamId=${teamId}`)).status).toBe(404);
    expect((await as(stranger).get<Invite[]>('/invites')).body.data).toEqual([]);
    expect((await as(stranger).get(`/invites/${body.data.id}`)).status).toBe(404);
    expect(JSON.stringify((await as(owner).get(`/invites/${body.data.id}`)).body)).not.toMatch(/token|hash/i);
  });

  it('is sent again with another token, at most once in a minute', async () => {
    const email = address();
    const { id } = (await invite(owner, email)).body.data;
    const first = await mailbox.takeToken(email);
    expect((await as(owner).post(`/invites/${id}/resend`)).status).toBe(422);
    await longAgo(id);
    expect((await as(member).post(`/invites/${id}/resend`)).status).toBe(403);
    expect((await as(stranger).post(`/invites/${id}/resend`)).status).toBe(404);
    expect((await as(owner).post(`/invites/${id}/resend`, { language: 'fa' })).status).toBe(200);
    const second = await mailbox.takeToken(email);
    expect((await acceptAsNew(first)).status).toBe(422);
    expect((await acceptAsNew(second)).status).toBe(201);
    await longAgo(id);
    expect((await as(owner).post(`/invites/${id}/resend`)).status).toBe(422);
  });

  it('works no more when it is revoked or has expired, until it is sent again', async () => {
    const email = address();
    const { id } = (await invite(owner, email)).body.data;
    const token = await mailbox.takeToken(email);
    await app.sql(`update invites set expires_at = now(), sent_at = now() - interval '2 minutes' where id = $1`, [id]);
    expect((await acceptAsNew(token)).status).toBe(422);
    expect((await as(owner).get<Invite>(`/invites/${id}`)).body.data.status).toBe('expired');
    expect((await as(owner).post(`/invites/${id}/resend`)).status).toBe(200);
    const next = await mailbox.takeToken(email);
    expect((await as(member).delete(`/invites/${id}`)).status).toBe(403);
    expect((await as(owner).delete(`/invites/${id}`)).status).toBe(204);
    expect((await acceptAsNew(next)).status).toBe(422);
    expect((await as(owner).delete(`/invites/${id}`)).status).toBe(422);
    expect((await invite(owner, email)).status).toBe(201);
  });

  it('tells its story on the stream', async () => {
    const { body: before } = await as(owner).get('/changes?since=now');
    const email = address();
    const { id } = (await invite(owner, email)).body.data;
    const token = await mailbox.takeToken(email);
    await acceptAsNew(token);
    const since = before.pagination?.nextCursor ?? '';
    const types: string[] = [];
    let cursor = since;
    while (!types.includes('invite.accepted')) {
      const { body } = await as(owner).get<{ type: string; subject: string }[]>(
        `/changes?since=${cursor}&types=invite.*&wait=20`,
      );
      types.push(...body.data.filter(({ subject }) => subject === `invites/${id}`).map(({ type }) => type));
      cursor = body.pagination?.nextCursor ?? '';
    }
    expect(types).toEqual(['invite.created', 'invite.accepted']);
  });
});

describe('where registration is closed', () => {
  it('only people with an account accept', async () => {
    const closed = await startTestApp({ ...mailbox.env, REGISTRATION: 'closed' });
    try {
      const boss = await closed.user();
      const team = await closed.team(boss);
      const email = address();
      const colleague = await closed.user('developer', 'colleague');
      const client = new Client(closed.url, boss);
      await client.post('/auth/invite', { email, teamId: team });
      await client.post('/auth/invite', { email: 'colleague@example.test', teamId: team });
      const body = { token: await mailbox.takeToken(email), name: 'Grace', password: PASSWORD };
      expect((await new Client(closed.url).post('/auth/invite/accept', body)).status).toBe(403);
      const token = await mailbox.takeToken('colleague@example.test');
      expect((await new Client(closed.url, colleague).post('/auth/invite/accept', { token })).status).toBe(201);
    } finally {
      await closed.close();
    }
  });
});

async function emailOf(user: TestUser): Promise<string> {
  const [row] = await app.sql<{ email: string }>('select email from users where id = $1', [user.id]);
  return row?.email ?? '';
}
