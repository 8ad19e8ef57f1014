import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { isWrite } from '../../src/platform/operations/operation.js';
import { propertiesOf } from '../../src/platform/schema/property.js';
import type { PropertySchema } from '../../src/platform/schema/property.js';
import { hashPassword } from '../../src/modules/identity/passwords.js';
import type { TestUser } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { PASSWORD } from './password-user.js';
import { columnsWith } from '../support/database-scan.js';
import type { ParityCase } from './parity/case.js';
import { invites } from './parity/invites.cases.js';
import type { RestSurface } from './parity/rest-surface.js';
import type { Action } from './parity/surface.js';
import { validIdentity } from './parity/valid-identity.cases.js';
import { validQuality } from './parity/valid-quality.cases.js';
import { validTags } from './parity/valid-tags.cases.js';
import { validTasks } from './parity/valid-tasks.cases.js';
import { valid } from './parity/valid.cases.js';
import { webhooks } from './parity/webhooks.cases.js';
import { World } from './parity/world.js';

/** In everything that names the person, so that one search finds all of it. */
const MARK = `kanarie${randomBytes(4).toString('hex')}`;
const PERSON = { email: `${MARK}@example.test`, username: `${MARK}-user`, name: `Vogel ${MARK}` };
const SAID = `${PERSON.name} <${PERSON.email}>, that is "${PERSON.username}"\n${PERSON.email}`;

const OTHERWISE = ['tries what erasing oneself would do', 'changes its own password'];
const CASES = [valid, validIdentity, validQuality, validTags, validTasks, webhooks, invites]
  .flat()
  .filter(({ code, name }) => code === 'OK' && !OTHERWISE.includes(name));

const MUST_HAVE_NAMED = [
  ...[
    'api_keys',
    'audit_logs',
    'consents',
    'error_logs',
    'error_occurrences',
    'events',
    'idempotency_keys',
    'invites',
    'projects',
  ],
  ...['sessions', 'tags', 'task_comments', 'task_contexts', 'task_lists', 'tasks', 'teams'],
  ...['user_identities', 'users', 'validation_results', 'workflow_states'],
].map((name) => `public.${name}`);

const NEW_PASSWORD = 'a walk beside the river';

const takesText = ({ type, enum: words, format, pattern, maxLength = 0 }: PropertySchema): boolean =>
  type === 'string' && !words && !format && (!pattern || pattern === '\\S') && maxLength >= 200;

/** The action with the person named in every free text of its input. */
function signed(world: World, action: Action): Action {
  const { input } = world.operations.get(action.operation) ?? {};
  if (!input) return action;
  const texts = [...propertiesOf(input)].flatMap(([name, property]) => {
    if (takesText(property) && name !== 'url') return [[name, SAID]];
    const isFree = property.type === 'object' && property.additionalProperties === true;
    return isFree ? [[name, { note: SAID, [PERSON.email]: [SAID], ...(action.input?.[name] as object) }]] : [];
  });
  return { ...action, input: { ...Object.fromEntries(texts), ...action.input, ...Object.fromEntries(texts) } };
}

/*
 * Seen to fail: with the rows of the trail about the account, about deleted teams or about records of others left as they were;
 * with the browser kept in the trail; with events of deleted teams or texts of other events kept; with kept answers of others;
 * without earlier names; with texts only of records that the person made.
 */
describe('after erasure', () => {
  let world: World;
  let surface: RestSurface;
  let person: TestUser;
  const log: string[] = [];
  const done = new Set<string>();
  const failed: string[] = [];

  /** Ada, who makes what the cases need, is the person and an administrator. */
  const become = ({ email, username, name }: typeof PERSON): Promise<unknown> =>
    world.app.sql(
      `update public.users
       set email = $2, username = $3, name = $4,
         role_id = (select r.id from public.user_roles r where r.role_name = 'admin')
       where id = $1`,
      [person.id, email, username, name],
    );

  /** What no operation of the registry takes: lists of inputs, files, logins, headers and what others write. */
  async function writeElsewhere(): Promise<void> {
    const { app, people, team } = world;
    const client = new Client(app.url, person).with({ 'user-agent': `Browser of ${PERSON.name}` });
    const mate = new Client(app.url, people.bob);
    const project = `${MARK}-private`;
    await app.sql('update public.users set password_hash = $2 where id = $1', [
      person.id,
      await hashPassword(PASSWORD),
    ]);
    const { body } = await mate.post<{ id: string }>('/tasks', { title: 'of the mate', teamId: team });
    const of = body.data.id;
    const replies = [
      await client.call('POST', '/auth/login', { email: PERSON.email, password: PASSWORD }),
      await client.post('/auth/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
      await client.patch('/auth/me', { name: `${PERSON.name} the second` }),
      await client.patch(`/users/${person.id}`, { metadata: { mine: MARK } }),
      await client.with({ 'idempotency-key': MARK }).post('/api-keys', { name: MARK }),
      await client.post('/projects', { projectKey: project, name: MARK, teamId: person.teamId }),
      await client.post('/tasks', { title: MARK, projectKey: project, teamId: person.teamId, tags: [MARK] }),
      await client.post('/me/consents', { purpose: MARK, version: MARK }),
      await client.post('/tags', { name: MARK, teamId: person.teamId }),
      await client.post('/tags', { name: PERSON.email, teamId: team }),
      await client.post(`/users/${person.id}/identities`, {
        issuer: 'https://issuer.example',
        subject: `token:${MARK}`,
      }),
      await client.post('/tasks/bulk', {
        atomic: true,
        operations: [{ op: 'create', task: { title: SAID, teamId: team, tags: [PERSON.email] } }],
      }),
      await client.post('/errors/batch', { errors: [{ errorMessage: SAID, errorCode: 'E7', teamId: team }] }),
      await client.post('/projects', { projectKey: 'imported', name: 'imported', teamId: team }),
      await client.post('/projects/imported/import', {
        master: { metadata: { by: SAID }, tasks: [{ id: 1, title: SAID, assignee: PERSON.username }] },
      }),
      await mate.with({ 'idempotency-key': 'of-the-mate' }).post('/tasks', {
        ...{ title: `ask ${PERSON.email}`, teamId: team, assigneeId: person.id },
      }),
      await client.patch(`/tasks/${of}`, { description: SAID }),
      await mate.patch(`/tasks/${of}`, { priority: 3 }),
      await mate.post('/teams', { name: `of ${PERSON.email}` }),
    ];
    expect(replies.map(({ status, text }) => (status < 300 ? 'OK' : text))).toEqual(replies.map(() => 'OK'));
    const other = (replies.at(-1) as Reply<{ id: string }>).body.data.id;
    expect((await mate.post('/auth/invite', { teamId: other, email: PERSON.email })).status).toBe(201);
    await published();
  }

  /** The relay has made events of everything. */
  async function published(): Promise<void> {
    const isPublished = async (): Promise<boolean> => {
      const [row] = await world.app.sql<{ rows: number }>(`
        select count(*)::int as rows from public.audit_logs a, public.event_relay r
        where not pg_visible_in_snapshot(a.xid, r.snapshot)`);
      return row?.rows === 0;
    };
    while (!(await isPublished())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async function perform({ name, does }: ParityCase): Promise<void> {
    for (const action of [await does(world)].flat()) {
      // In the name of the person, whatever the case says: an administrator may do all of it.
      const { code, problems } = await surface.perform(person, signed(world, { ...action, dryRun: false }));
      if (code === 'OK') done.add(action.operation);
      else failed.push(`${name}: ${action.operation} ${code} ${problems.join(' ')}`);
    }
  }

  beforeAll(async () => {
    world = await World.start({ LOG_LEVEL: 'trace' }, { write: (line) => void log.push(line) });
    surface = world.restSurface();
    person = world.people.ada;
    await become(PERSON);
    for (const one of CASES) await perform(one);
    // Because it is verified, it is also taken out of what teams wrote that the person was never in.
    await world.app.sql('update public.users set email_verified = true where id = $1', [person.id]);
    await writeElsewhere();
  }, 240_000);
  afterAll(() => world.app.close());

  it('of everything that a person can write, nothing is left that names the person', async () => {
    const { app } = world;
    const writes = [...world.operations.values()].filter(isWrite).map(({ name }) => name);
    expect(failed).toEqual([]);
    expect(writes.filter((name) => !done.has(name))).toEqual([
      // They store no text of the person, and need codes of an authenticator app.
      'startSecondFactor',
      'confirmSecondFactor',
      'replaceRecoveryCodes',
      'removeSecondFactor',
      'removeSecondFactorOfUser',
      'changePassword',
      'deleteMe',
    ]);
    const before = await columnsWith(world.app, MARK);
    const tables = new Set(before.map((name) => name.replace(/(_\d{4}_\d\d)?\.\w+$/, '')));
    process.stdout.write(`Before the erasure ${before.length} columns of ${tables.size} tables named the person\n`);
    expect(MUST_HAVE_NAMED.filter((name) => !tables.has(name))).toEqual([]);

    await app.sql(`update public.team_members set role = 'owner' where user_id <> $1 and sponsor_id is null`, [
      person.id,
    ]);
    const reply = await new Client(app.url, person).call('DELETE', '/me', { password: NEW_PASSWORD });
    expect([reply.status, reply.text]).toEqual([204, '']);
    await published();
    expect(await columnsWith(world.app, MARK)).toEqual([]);
  });

  it('the rest of what was written stays', async () => {
    const rows = await world.app.sql<{ title: string; created_by: string | null }>(
      `select title, created_by from public.tasks where title like '%deleted-user%'`,
    );
    expect(rows.map(({ title }) => title)).toContain(
      'deleted-user <deleted-user>, that is "deleted-user"\ndeleted-user',
    );
    expect(rows.map(({ title }) => title)).toContain('ask deleted-user');
    const [trail] = await world.app.sql<{ rows: number }>(
      'select count(*)::int as rows from public.audit_logs where user_id = $1',
      [person.id],
    );
    expect(trail?.rows).toBeGreaterThan(100);
  });

  it('no line of the log names the person', () => {
    expect(log.length).toBeGreaterThan(100);
    expect(log.filter((line) => line.includes(MARK))).toEqual([]);
  });

  it('the credentials of the person are refused', async () => {
    expect((await new Client(world.app.url, person).get('/auth/me')).status).toBe(401);
  });
});
