import type { Config, DatabaseLogin } from '../config/config.js';
import { Multiplexer } from './multiplexer.js';
import { GuardedPool } from './pool.js';
import { HealthMonitor } from './pool-health.js';
import type { Probed } from './pool-health.js';
import { planPools, POOL_NAMES, TIMINGS } from './pool-plan.js';
import type { PoolName, PoolPlan, PoolTimings } from './pool-plan.js';
import { PoolCounters } from './pool-stats.js';
import { PoolListeners } from './pool-stats.js';
import type { PoolSnapshot } from './pool-stats.js';
import { ReadRouter, Replica } from './replicas.js';
import type { ReadServer } from './replicas.js';
import { WriteLedger } from './write-ledger.js';

export interface PoolOptions {
  readonly login: DatabaseLogin;
  readonly pools: Config['pools'];
  readonly timings?: Partial<PoolTimings>;
  /** Called for every lost connection; the pool replaces it by itself. */
  readonly onConnectionLost?: (pool: PoolName, error: Error) => void;
}

/** Every connection of the service. Private to this folder: other code uses the methods of Database. */
export class Pools {
  readonly listeners = new PoolListeners();
  readonly ledger = new WriteLedger();
  readonly health: HealthMonitor;
  readonly write: GuardedPool;
  readonly imports: GuardedPool;
  readonly analytics: GuardedPool;
  readonly background: GuardedPool;
  readonly reads: ReadRouter;
  readonly #plan: PoolPlan;
  readonly #counters: Readonly<Record<PoolName, PoolCounters>>;

  constructor(private readonly options: PoolOptions) {
    const { max, min, acquireTimeoutMs } = options.pools;
    this.#plan = planPools(max, min, { ...TIMINGS, acquireMs: acquireTimeoutMs, ...options.timings });
    const counters = (name: PoolName): PoolCounters => new PoolCounters(name, this.listeners);
    this.#counters = {
      read: counters('read'),
      write: counters('write'),
      imports: counters('imports'),
      analytics: counters('analytics'),
      background: counters('background'),
    };
    this.write = this.#pool('write', options.login);
    this.imports = this.#pool('imports', options.login);
    this.analytics = this.#pool('analytics', options.login);
    this.background = this.#pool('background', options.login);
    this.reads = this.#router();
    this.health = new HealthMonitor(
      new Map<PoolName, Probed>([
        ['read', this.reads.primary.multiplexer],
        ['write', this.write],
        ['imports', this.imports],
        ['analytics', this.analytics],
        ['background', this.background],
      ]),
    );
  }

  get hasReplicas(): boolean {
    return this.reads.replicas.length > 0;
  }

  start(): void {
    this.health.start();
    for (const replica of this.reads.replicas) void replica.probe();
  }

  async close(): Promise<void> {
    this.health.stop();
    await Promise.all(this.reads.replicas.map((replica) => replica.close()));
    const servers = [this.reads.primary, ...this.reads.replicas.map((replica) => replica.server)];
    await Promise.all([
      ...servers.flatMap((server) => [server.multiplexer.close(), server.pool.close()]),
      this.write.close(),
      this.imports.close(),
      this.analytics.close(),
      this.background.close(),
    ]);
  }

  snapshot(): PoolSnapshot[] {
    return POOL_NAMES.map((name) => {
      const { total, successful, failed, acquires, acquireSeconds, exhausted } = this.#counters[name];
      const counted = { total, successful, failed, acquires, acquireSeconds, exhausted };
      return { pool: name, healthy: this.health.isHealthy(name), ...this.#gauges(name), ...counted };
    });
  }

  #gauges(name: PoolName) {
    if (name !== 'read') return { max: this.#plan.pools[name].max, ...this[name].gauges(), inFlight: 0 };
    const servers = [this.reads.primary, ...this.reads.replicas.map((replica) => replica.server)];
    const perServer = this.#plan.multiplexer.connections + this.#plan.pools.read.max;
    const sum = { max: perServer * servers.length, size: 0, idle: 0, waiting: 0, inFlight: 0 };
    for (const server of servers) {
      const multiplexed = server.multiplexer.gauges();
      const pooled = server.pool.gauges();
      sum.size += multiplexed.size + pooled.size;
      sum.idle += multiplexed.idle + pooled.idle;
      sum.waiting += multiplexed.waiting + pooled.waiting;
      sum.inFlight += multiplexed.inFlight;
    }
    return sum;
  }

  #pool(name: PoolName, login: DatabaseLogin, lost?: () => void): GuardedPool {
    return new GuardedPool(this.#plan.pools[name], login, this.#counters[name], this.#lost(name, lost));
  }

  #lost(name: PoolName, also: () => void = () => undefined): (error: Error) => void {
    return (error) => {
      also();
      this.options.onConnectionLost?.(name, error);
    };
  }

  #router(): ReadRouter {
    const { login, pools } = this.options;
    const replicas = pools.readHosts.map((host) => this.#replica({ ...login, ...host }));
    return new ReadRouter(this.#readServer(login), replicas, this.ledger);
  }

  #replica(login: DatabaseLogin): Replica {
    // The connections are created before the replica that handles their loss.
    const replica: Replica = new Replica(this.#readServer(login, () => replica.lost()));
    return replica;
  }

  #readServer(login: DatabaseLogin, lost?: () => void): ReadServer {
    const { multiplexer } = this.#plan;
    return {
      name: `${login.host}:${login.port}`,
      multiplexer: new Multiplexer(multiplexer, login, this.#counters.read, this.#lost('read', lost)),
      pool: this.#pool('read', login, lost),
    };
  }
}
