import type { OnApplicationShutdown } from '@nestjs/common';
import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import { recordIngestKeyUse, recordKeyUse } from './credential.queries.js';

/** Milliseconds between writes of "last used", because a write per request would cost more than the request. */
const WRITE_EVERY_MS = 30_000;

/** Records when credentials were last used, in batches. Ids of login sessions match no key. */
@Injectable()
export class KeyUse implements OnApplicationShutdown {
  private readonly logger = new Logger(KeyUse.name);
  private used = new Set<string>();
  private readonly timer = setInterval(() => void this.write(), WRITE_EVERY_MS).unref();

  constructor(private readonly database: Database) {}

  note(credentialId: string): void {
    this.used.add(credentialId);
  }

  async write(): Promise<void> {
    if (this.used.size === 0) return;
    const ids = [...this.used];
    this.used = new Set();
    try {
      await this.database.system('record when API keys were last used', async (tx) => {
        await tx.run(recordKeyUse(ids));
        await tx.run(recordIngestKeyUse(ids));
      });
    } catch (error) {
      this.logger.warn({ error }, 'last use of API keys not recorded');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }
}
