import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { BrokerStates } from '../../platform/brokers/broker-states.js';
import { Database } from '../../platform/database/database.js';
import { migrationNames, MIGRATIONS_FOLDER } from '../../platform/database/migration-files.js';
import { Fault } from '../../platform/faults/fault.js';
import { Drain } from '../../platform/http/drain.js';
import { VERSION } from '../../platform/telemetry/version.js';
import type { DetailedHealth, Health, Plain, PoolReport } from './health.dto.js';
import type { ServerFacts } from './health.queries.js';
import { schemaVersion, serverFacts } from './health.queries.js';

/** Permission for `/health/detailed` and `/metrics`. Admins have it, and a key can be restricted to it alone. */
export const SYSTEM_READ = 'system:read';

/** Probes run every few seconds and wait for a few. A database that is slower than this is useless. */
const ANSWER_WITHIN_MS = 2_000;
/** Readiness is public, so the database is queried at most once in this period. */
const REMEMBER_MS = 1_000;

const RETRY_SOON = { headers: { 'Retry-After': '1' } };

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault('DATABASE_UNAVAILABLE', undefined, RETRY_SOON)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const isBusy = (error: unknown): boolean => error instanceof Fault && error.code === 'POOL_EXHAUSTED';
const isUnavailable = (error: unknown): boolean => error instanceof Fault && error.status === 503;

@Injectable()
export class HealthService implements OnModuleInit {
  #expected = 0;
  #check: Promise<void> | null = null;
  #checkedAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly drain: Drain,
    private readonly brokers: BrokerStates,
  ) {}

  async onModuleInit(): Promise<void> {
    const last = (await migrationNames(MIGRATIONS_FOLDER)).at(-1);
    this.#expected = Number(last?.slice(-13));
  }

  basic(): Plain<Health> {
    const degraded =
      this.database.storage.isFull ||
      this.database.health().some((pool) => !pool.healthy) ||
      this.brokers.snapshot().some((broker) => !broker.reachable);
    return {
      status: this.drain.started ? 'draining' : degraded ? 'degraded' : 'ok',
      version: VERSION,
      uptimeSeconds: Math.floor(process.uptime()),
    };
  }

  /**
   * Whether this instance accepts requests. A busy instance stays ready: otherwise its load would only move to the
   * other instances.
   * @throws Fault SHUTTING_DOWN, STORAGE_FULL, DATABASE_UNAVAILABLE
   */
  async ready(): Promise<void> {
    if (this.drain.started) throw new Fault('SHUTTING_DOWN', undefined, RETRY_SOON);
    if (this.database.storage.isFull) throw new Fault('STORAGE_FULL', undefined, RETRY_SOON);
    const now = performance.now();
    if (now - this.#checkedAt >= REMEMBER_MS) {
      this.#checkedAt = now;
      this.#check = this.#schemaIsCurrent();
    }
    await this.#check;
  }

  /** @throws Fault FORBIDDEN, UNAUTHENTICATED */
  async detailed(session: Session): Promise<Plain<DetailedHealth>> {
    const start = performance.now();
    const facts = await this.admit(session);
    const latencyMs = facts ? Math.round((performance.now() - start) * 1000) / 1000 : null;
    const { heapUsed, heapTotal, rss, external } = process.memoryUsage();
    return {
      ...this.basic(),
      nodeVersion: process.versions.node,
      database: {
        reachable: facts !== null,
        latencyMs,
        serverVersion: facts?.serverVersion ?? null,
        schemaVersion: facts?.version ?? null,
        expectedSchemaVersion: this.#expected,
      },
      pools: this.#pools(),
      replicas: this.database.replicas(),
      brokers: this.brokers.snapshot(),
      memory: { heapUsed, heapTotal, rss, external },
    };
  }

  /**
   * Lets PostgreSQL decide whether the caller may see internal state. If the database is unreachable, the cached rights
   * of the credential decide, because operators need the state most at that time; then the result is null.
   * @throws Fault FORBIDDEN, UNAUTHENTICATED
   */
  async admit(session: Session): Promise<ServerFacts | null> {
    try {
      const [facts] = await within(ANSWER_WITHIN_MS, this.database.query(session, serverFacts(SYSTEM_READ)));
      if (!facts?.allowed) throw new Fault('FORBIDDEN', `The permission ${SYSTEM_READ} is needed.`);
      return facts;
    } catch (error) {
      if (isUnavailable(error)) return null;
      throw error;
    }
  }

  async #schemaIsCurrent(): Promise<void> {
    try {
      const [schema] = await within(ANSWER_WITHIN_MS, this.database.anonymousQuery(schemaVersion()));
      if (schema && schema.version >= this.#expected) return;
    } catch (error) {
      if (isBusy(error)) return;
      throw new Fault('DATABASE_UNAVAILABLE', undefined, { ...RETRY_SOON, cause: error });
    }
    // A newer schema is fine: during a rolling update, the previous version runs on it for a while.
    throw new Fault('DATABASE_UNAVAILABLE', 'The schema of the database is older than this version needs.', RETRY_SOON);
  }

  #pools(): Plain<PoolReport>[] {
    const checked = new Map(this.database.health().map((pool) => [pool.pool, pool.checkedAt]));
    return this.database.snapshot().map(({ acquireSeconds, ...pool }) => ({
      ...pool,
      checkedAt: checked.get(pool.pool) ?? null,
      meanAcquireMs: pool.acquires === 0 ? 0 : (acquireSeconds * 1000) / pool.acquires,
    }));
  }
}
