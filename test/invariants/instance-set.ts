import pg from 'pg';
import type { TestUser } from '../support/app.js';
import { addUser } from '../support/app.js';
import { Client } from '../support/client.js';
import type { TestDatabase } from '../support/database.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../start/program.js';
import { InstanceProcess } from './instance-process.js';

/** Several instances on one database, with users and keys. */
export class InstanceSet {
  readonly instances: InstanceProcess[] = [];
  #users = 0;

  private constructor(
    readonly database: TestDatabase,
    private readonly owner: pg.Pool,
  ) {}

  static async start(count: number, env: Readonly<Record<string, string>> = {}): Promise<InstanceSet> {
    const database = await createTestDatabase();
    const set = new InstanceSet(
      database,
      new pg.Pool({ connectionString: database.url, max: 2, options: '-c app.system_reason=test' }),
    );
    try {
      await Promise.all(Array.from({ length: count }, () => set.add(env)));
    } catch (error) {
      await set.close();
      throw error;
    }
    return set;
  }

  async add(env: Readonly<Record<string, string>> = {}): Promise<InstanceProcess> {
    const instance = await InstanceProcess.start(this.database, env);
    this.instances.push(instance);
    return instance;
  }

  async kill(instance: InstanceProcess): Promise<void> {
    this.instances.splice(this.instances.indexOf(instance), 1);
    await instance.stop('SIGKILL');
  }

  /** As superuser, bypassing the service. */
  async sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
    return (await this.owner.query<Row>(text, values)).rows;
  }

  user(role = 'developer'): Promise<TestUser> {
    this.#users += 1;
    return addUser((text, values) => this.sql(text, values), role, `user${this.#users}`, null);
  }

  /** One client of the user for each instance. */
  clients(user: TestUser): Client[] {
    return this.instances.map(({ url }) => new Client(url, user));
  }

  /** Returns when every commit is published and every instance has delivered it. */
  async settled(): Promise<void> {
    await eventually(async () => (await this.#unpublished()) === 0);
    const [{ head } = { head: 0 }] = await this.sql<{ head: number }>(
      'select position::float8 as head from public.event_relay',
    );
    await eventually(() => this.instances.every(({ events }) => (events.at(-1)?.position ?? 0) >= head));
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await this.owner.end();
    await this.database.drop();
  }

  async #unpublished(): Promise<number> {
    const [lag] = await this.sql<{ rows: number }>('select rows::float8 as rows from app.event_lag()');
    return lag?.rows ?? 0;
  }
}
