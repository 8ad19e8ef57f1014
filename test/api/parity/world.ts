import { GraphqlEndpoint } from '../../../src/platform/graphql/graphql-endpoint.js';
import { OperationRegistry } from '../../../src/platform/operations/registry.js';
import type { TestApp, TestUser } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { Reply } from '../../support/client.js';
import { Client } from '../../support/client.js';
import { GraphqlSurface } from './graphql-surface.js';
import { RestSurface } from './rest-surface.js';
import type { Operations } from './surface.js';

export type Who =
  'ada' | 'bob' | 'viewer' | 'robot' | 'reporter' | 'admin' | 'narrow' | 'stranger' | 'nobody' | 'revoked';

/** People of one team and a stranger, and the making of what cases need; each case makes its own. */
export class World {
  private made = 0;

  private constructor(
    readonly app: TestApp,
    readonly people: Readonly<Record<Exclude<Who, 'nobody'>, TestUser>>,
    readonly team: string,
  ) {}

  static async start(...options: Parameters<typeof startTestApp>): Promise<World> {
    const app = await startTestApp(...options);
    const [ada, bob] = [await app.user('developer', 'ada'), await app.user('developer', 'bob')];
    const people = {
      ada,
      bob,
      viewer: await app.user('viewer', 'viewer'),
      robot: await app.user('api_client', 'robot'),
      reporter: await app.user('admin', 'reporter', ['errors:read', 'errors:write']),
      admin: await app.user('admin', 'admin'),
      narrow: await app.user('developer', 'narrow', ['tasks:read']),
      stranger: await app.user('developer', 'stranger'),
      revoked: await app.user('developer', 'revoked'),
    };
    const { stranger: _stranger, revoked, ...members } = people;
    const team = await app.team(ada, bob, ...Object.values(members).slice(2));
    await app.sql('update public.api_keys set revoked_at = now() where user_id = $1', [revoked.id]);
    return new World(app, people, team);
  }

  get operations(): Operations {
    const registry = this.app.app.get(OperationRegistry, { strict: false });
    return new Map(registry.all().map((operation) => [operation.name, operation]));
  }

  restSurface(): RestSurface {
    return new RestSurface(this.app.url, this.operations);
  }

  async graphqlSurface(): Promise<GraphqlSurface> {
    const { schema } = await this.app.app.get(GraphqlEndpoint).service();
    return new GraphqlSurface(this.app.url, this.operations, schema);
  }

  user(who: Who): TestUser | undefined {
    return who === 'nobody' ? undefined : this.people[who];
  }

  /** A word that nothing else is called by. */
  word(): string {
    this.made += 1;
    return `parity-${this.made}`;
  }

  async of<T>(reply: Promise<Reply<T>>): Promise<T> {
    const { status, body, text } = await reply;
    if (status >= 300) throw new Error(text);
    return body.data;
  }

  get rest(): Client {
    return new Client(this.app.url, this.people.ada);
  }

  async task(more: object = {}): Promise<string> {
    const task = { title: this.word(), teamId: this.team, ...more };
    return (await this.of(this.rest.post<{ id: string }>('/tasks', task))).id;
  }

  async project(settings: object = {}): Promise<string> {
    const projectKey = this.word();
    await this.of(this.rest.post('/projects', { projectKey, name: projectKey, teamId: this.team, settings }));
    return projectKey;
  }

  async validation(validationStatus = 'passed'): Promise<string> {
    const body = { taskId: await this.task(), validationType: 'testing', validationStatus };
    return (await this.of(this.rest.post<{ id: string }>('/validations', body))).id;
  }

  async error(): Promise<string> {
    const body = { teamId: this.team, errorMessage: `${this.word()} failed`, errorCode: this.word() };
    const admin = new Client(this.app.url, this.people.admin);
    return (await this.of(admin.post<{ id: string }>('/errors', body))).id;
  }

  async role(name: string): Promise<string> {
    const [role] = await this.of(this.rest.get<{ id: string }[]>(`/roles?name=${name}`));
    return role?.id ?? '';
  }

  /** A project of ada's and bob's team whose key is one of another team of theirs too. */
  async ambiguousProject(): Promise<string> {
    const [projectKey, { ada, bob }] = [await this.project(), this.people];
    const teamId = await this.app.team(ada, bob);
    await this.of(this.rest.post('/projects', { projectKey, name: projectKey, teamId }));
    return projectKey;
  }

  /** An open invitation to ada's team, whose mail is an hour old. */
  /** What ada has allowed to a client. */
  async oauthGrant(): Promise<string> {
    const [grant] = await this.app.sql<{ id: string }>(
      `insert into public.oauth_grants (id, user_id, client_id, client_name, resource, scopes, expires_at)
       values (gen_random_uuid(), $1, 'client', 'Client', 'https://tasks.example', '["tasks:read"]', now() + interval '1 day')
       returning id`,
      [this.people.ada.id],
    );
    return grant?.id ?? '';
  }

  async invite(): Promise<string> {
    const invite = { teamId: this.team, email: `${this.word()}@example.test` };
    const { id } = await this.of(this.rest.post<{ id: string }>('/auth/invite', invite));
    await this.app.sql(`update public.invites set sent_at = now() - interval '1 hour' where id = $1`, [id]);
    return id;
  }

  async webhook(more: object): Promise<string> {
    const webhook = { teamId: this.team, url: 'https://example.com/hooks', ...more };
    return (await this.of(this.rest.post<{ id: string }>('/webhooks', webhook))).id;
  }

  /** A claimed task and its fence. */
  async claimed(): Promise<{ id: string; fence: number }> {
    const type = this.word();
    await this.task({ type });
    const { task, lease } = await this.of(
      this.rest.post<{ task: { id: string }; lease: { fence: number } }>('/tasks/claim', { teamId: this.team, type }),
    );
    return { id: task.id, fence: lease.fence };
  }
}
