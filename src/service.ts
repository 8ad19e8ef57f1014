import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { join } from 'node:path';
import { createApplication } from './application.js';
import { createFirstAdmin } from './modules/identity/first-run.js';
import type { Config, DatabaseLogin } from './platform/config/config.js';
import { Database } from './platform/database/database.js';
import { migrate } from './platform/database/migrator.js';
import { admitService, checkRowLevelSecurity, mayMigrate, missingMigrations } from './platform/database/readiness.js';
import { banner } from './platform/embedded/banner.js';
import type { EmbeddedDatabase } from './platform/embedded/embedded-database.js';
import { writeFirstRun } from './platform/embedded/first-run-file.js';
import { StartupProblem } from './platform/faults/startup-problem.js';
import { Drain } from './platform/http/drain.js';
import { logFile } from './platform/telemetry/logger.js';
import { MetricsServer } from './platform/telemetry/metrics-server.js';
import { VERSION } from './platform/telemetry/version.js';

/** A service whose database is there. */
export interface Service {
  readonly url: string;
  /** The message that it is ready. */
  readonly banner: string;
  /** Drains it; its database keeps running. */
  stop(): Promise<void>;
}

/**
 * Before the first request: migrates the schema, grants the rights of the service's login, and checks row-level
 * security.
 */
async function prepareSchema(migrator: DatabaseLogin, service: DatabaseLogin): Promise<void> {
  if (await mayMigrate(migrator)) {
    await migrate(migrator, { version: VERSION });
    await admitService(migrator, service.user);
  } else {
    const missing = await missingMigrations(service);
    if (missing.length > 0) {
      throw new StartupProblem(
        `The schema is not current (${missing.join(', ')} missing) and this login may not change it: run "taskmaster migrate" with MIGRATION_DATABASE_URL.`,
      );
    }
  }
  const findings = await checkRowLevelSecurity(migrator);
  if (findings.length === 0) return;
  const named = findings.slice(0, 5).map((finding) => `${finding.rule} ${finding.object}: ${finding.problem}`);
  throw new StartupProblem(`Row-level security is not intact, so the service does not start. ${named.join('; ')}.`);
}

async function listen(app: NestFastifyApplication, config: Config): Promise<string> {
  await app.listen(config.api.port, config.api.host);
  const url = new URL(await app.getUrl());
  return `${config.api.tls ? 'https' : 'http'}://${['[::1]', '0.0.0.0', '[::]'].includes(url.hostname) ? 'localhost' : url.hostname}:${url.port}`;
}

/**
 * Migrates and starts the application on a database that runs. The first run also creates an admin and shows its secrets
 * once.
 * @throws StartupProblem with one plain sentence
 */
export async function startService(config: Config, embedded: EmbeddedDatabase | null): Promise<Service> {
  const { database, migrationDatabase } = config;
  if (!database || !migrationDatabase) throw new StartupProblem('There is no database.');
  await prepareSchema(migrationDatabase, database);
  const log = embedded ? join(config.dataFolder, 'service.log') : null;
  const app = await createApplication(config, log === null ? undefined : logFile(log));
  const stop = (): Promise<void> => app.get(Drain).close(app);
  try {
    const first = await createFirstAdmin(app.get(Database));
    const url = await listen(app, config);
    if (first) await writeFirstRun(config.dataFolder, { url, ...first, databaseUrl: embedded?.superuserUrl ?? null });
    const shown = banner({
      url,
      metricsUrl: app.get(MetricsServer).url,
      dataFolder: config.dataFolder,
      log,
      first,
      embeddedPort: embedded?.port ?? null,
      isTerminal: process.stdout.isTTY,
    });
    return { url, banner: shown, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
