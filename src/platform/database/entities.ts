import { DataSource } from 'typeorm';
import type { EntityManager, MixedList, EntitySchema, QueryRunner } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
import type { StepResult } from './single-round-trip.js';

export type EntityClasses = MixedList<string | EntitySchema | (new () => object)>;

/** Sends the SQL of TypeORM through the transaction; TypeORM has no connection of its own. */
export type SendSql = (text: string, values: readonly unknown[]) => Promise<StepResult>;

/** The metadata of the entities. It opens no connection, and costs nothing until a transaction uses it. */
export class EntitySource {
  readonly #source: MetadataSource;

  constructor(entities: EntityClasses) {
    this.#source = new MetadataSource({ type: 'postgres', entities, installExtensions: false, logging: false });
  }

  async prepare(): Promise<void> {
    await this.#source.prepare();
  }

  managerOn(send: SendSql): EntityManager {
    return this.#source.managerOn(send);
  }
}

/** A DataSource that reads its entities but never initialises, because initialising opens a pool. */
class MetadataSource extends DataSource {
  async prepare(): Promise<void> {
    if (this.driver instanceof PostgresDriver) {
      // Connecting would have set these.
      this.driver.schema = 'public';
      this.driver.searchSchema = 'public';
      this.driver.isGeneratedColumnsSupported = true;
    }
    await this.buildMetadatas();
  }

  managerOn(send: SendSql): EntityManager {
    if (!(this.driver instanceof PostgresDriver)) throw new Error('The entities are for PostgreSQL.');
    const runner: QueryRunner = new BoundQueryRunner(this.driver, send);
    const manager = this.createEntityManager(runner);
    Object.assign(runner, { manager });
    return manager;
  }
}

/** A query runner that is already connected and already in a transaction, so a nested one is a savepoint. */
class BoundQueryRunner extends PostgresQueryRunner {
  constructor(driver: PostgresDriver, send: SendSql) {
    super(driver, 'master');
    this.databaseConnection = { query: (text: string, values?: unknown[]) => query(send, text, values ?? []) };
    this.isTransactionActive = true;
    this.transactionDepth = 1;
  }
}

/** The result in the form that TypeORM expects from pg. */
async function query(send: SendSql, text: string, values: unknown[]): Promise<object> {
  const { tag, rows } = await send(text, values);
  const [command] = tag.split(' ');
  const count = /(\d+)$/.exec(tag)?.[1];
  return { command, rows, rowCount: count === undefined ? null : Number(count) };
}
