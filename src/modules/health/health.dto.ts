import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { BROKERS, OVERALL, POOLS } from './health.values.js';

const integer = (description: string): PropertyDecorator => Property({ description, type: 'integer', minimum: 0 });
/** Beyond 32 bits: the memory of a process, counters that run for weeks, and the number of a migration. */
const wide = (description: string): PropertyDecorator =>
  Property({ description, type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const number = (description: string): PropertyDecorator => Property({ description, type: 'number', minimum: 0 });
const text = (description: string): PropertyDecorator => Property({ description, type: 'string' });
const fact = (description: string): PropertyDecorator => Property({ description, type: 'boolean' });

@Described('The public state of the service.')
export class Health {
  @Property({
    description: 'State of the instance as a whole.',
    type: 'string',
    enum: OVERALL,
  })
  status: (typeof OVERALL)[number];

  @text('Version of the service.')
  version: string;

  @integer('Seconds since the process started.')
  uptimeSeconds: number;
}

@Described('The process responds.')
export class Liveness {
  @Property({
    description: 'Always ok: a process that cannot say so does not answer.',
    type: 'string',
    enum: ['ok'],
  })
  status: 'ok';
}

@Described('The instance accepts requests.')
export class Readiness {
  @Property({ description: 'Always ready: otherwise the answer is 503.', type: 'string', enum: ['ready'] })
  status: 'ready';
}

@Described('The state of PostgreSQL as this request found it.')
export class DatabaseHealth {
  @fact('Whether PostgreSQL answered this request in time.')
  reachable: boolean;

  @Property({ description: 'Milliseconds of that answer.', type: 'number', nullable: true })
  latencyMs: number | null;

  @Property({ description: 'Version of PostgreSQL.', type: 'string', nullable: true })
  serverVersion: string | null;

  @Property({
    description: 'Last migration of the database.',
    type: 'integer',
    maximum: Number.MAX_SAFE_INTEGER,
    nullable: true,
  })
  schemaVersion: number | null;

  @wide('Last migration that this version of the service knows.')
  expectedSchemaVersion: number;
}

@Described('The state of one pool of database connections of this instance.')
export class PoolReport {
  @Property({ description: 'Which pool.', type: 'string', enum: POOLS })
  pool: string;

  @fact('Whether it had an answer when it was last checked.')
  healthy: boolean;

  @Property({ description: 'When it was last checked.', type: 'string', format: 'date-time', nullable: true })
  checkedAt: string | null;

  @integer('Connections it may have.')
  max: number;

  @integer('Connections that are open.')
  size: number;

  @integer('Open connections that nobody uses.')
  idle: number;

  @integer('Callers that wait for a connection.')
  waiting: number;

  @integer('Statements on the wire of shared connections.')
  inFlight: number;

  @wide('Connections handed out since the start.')
  acquires: number;

  @number('Mean wait for a connection in milliseconds.')
  meanAcquireMs: number;

  @wide('Requests turned away for want of a connection.')
  exhausted: number;

  @wide('Round trips since the start.')
  total: number;

  @wide('Round trips that succeeded.')
  successful: number;

  @wide('Round trips that failed.')
  failed: number;
}

@Described('The state of one read replica.')
export class ReplicaReport {
  @fact('Whether reads go to it at the moment.')
  healthy: boolean;
}

@Described('The state of the connection to one broker.')
export class BrokerReport {
  @Property({ description: 'Which broker.', type: 'string', enum: BROKERS })
  broker: string;

  @fact('Whether it answered this instance the last time. What it should have waits for it.')
  reachable: boolean;
}

@Described('Memory of the process, in bytes.')
export class MemoryReport {
  @wide('Bytes of live objects.')
  heapUsed: number;

  @wide('Bytes reserved for objects.')
  heapTotal: number;

  @wide('Bytes of the process in memory.')
  rss: number;

  @wide('Bytes of buffers outside of the heap.')
  external: number;
}

@Described(
  'The state that an operator checks first. It contains no host names: readers need the state, not the network.',
)
export class DetailedHealth extends Health {
  @text('Version of Node.js.')
  nodeVersion: string;

  @Property({ description: 'The database as this request found it.', type: () => DatabaseHealth })
  database: DatabaseHealth;

  @Property({ description: 'Every pool of connections.', type: () => [PoolReport] })
  pools: PoolReport[];

  @Property({ description: 'Every read replica.', type: () => [ReplicaReport] })
  replicas: ReplicaReport[];

  @Property({ description: 'Every broker that is configured.', type: () => [BrokerReport] })
  brokers: BrokerReport[];

  @Property({ description: 'Memory of the process.', type: () => MemoryReport })
  memory: MemoryReport;
}

/** The same fields as plain values, without the class. */
export type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [Key in keyof T]: Plain<T[Key]> }
    : T;
