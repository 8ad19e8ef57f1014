import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { randomFrom } from './writers.js';

const CHANGE = `update public.tasks set metadata = jsonb_build_object('n', (metadata ->> 'n')::int + 1) where id = $1`;
const INSERT = `insert into public.tasks (team_id, title, metadata) values ($1, $2, '{"n": 0}')`;

/**
 * Writers whose transactions overlap in every way: numbered early and written late, long and short, on shared records
 * in one order, committed, rolled back, or disconnected.
 */
export class EventWriters {
  readonly #clients = new Map<number, pg.Client>();
  readonly #running: Promise<unknown>;
  #stopped = false;
  #committed = 0;
  #waiting: { readonly at: number; readonly go: () => void } | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly team: string,
    private readonly records: readonly string[],
    seed: number,
    count: number,
  ) {
    this.#running = Promise.all(
      Array.from({ length: count }, (_, index) => this.#write(index, randomFrom(seed * 100 + index))),
    );
    this.#running.catch(() => undefined);
  }

  /** Resolves when this many more transactions are committed. */
  progress(transactions: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting = { at: this.#committed + transactions, go };
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await Promise.all([...this.#clients.values()].map((client) => client.end().catch(() => undefined)));
  }

  async #write(index: number, random: () => number): Promise<void> {
    while (!this.#stopped) {
      try {
        const client = this.#clients.get(index) ?? (await this.#connect(index));
        await this.#transaction(client, random);
      } catch (error) {
        // The connection was cut: the outcome is in the trail, and the writer continues with another one.
        const client = this.#clients.get(index);
        this.#clients.delete(index);
        client?.end().catch(() => undefined);
        if (!wasCutOff(error)) throw error;
      }
    }
  }

  async #connect(index: number): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.databaseUrl, application_name: 'event writer' });
    client.on('error', () => undefined);
    await client.connect();
    this.#clients.set(index, client);
    return client;
  }

  async #transaction(client: pg.Client, random: () => number): Promise<void> {
    await client.query('begin');
    // A number taken long before the first write: the order of numbers is not the order of writes.
    if (random() < 0.4) await client.query('select pg_current_xact_id()');
    if (random() < 0.3) await delay(random() * 20);
    if (random() < 0.5) await client.query(INSERT, [this.team, 'new']);
    // In one order, to avoid deadlocks.
    const touched = this.records.filter(() => random() < 0.08);
    for (const id of touched) {
      await client.query(CHANGE, [id]);
      if (random() < 0.3) await delay(random() * 8);
    }
    const keeps = random() < 0.8;
    await client.query(keeps ? 'commit' : 'rollback');
    if (keeps) this.#count();
  }

  #count(): void {
    this.#committed += 1;
    if (!this.#waiting || this.#committed < this.#waiting.at) return;
    const { go } = this.#waiting;
    this.#waiting = null;
    go();
  }
}

function wasCutOff(error: unknown): boolean {
  const { code, message } = error as { code?: string; message: string };
  return (
    code === '57P01' || code === 'ECONNRESET' || code === 'EPIPE' || /terminated|not queryable|closed/.test(message)
  );
}
