import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { Database } from './database.js';
import type { DatabaseOptions } from './database.js';

/** Gives every module the database, and closes its connections after the last request. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  static forRoot(options: DatabaseOptions): DynamicModule {
    const open = async (): Promise<Database> => {
      const database = new Database(options);
      await database.start();
      return database;
    };
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: Database, useFactory: open }],
      exports: [Database],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
