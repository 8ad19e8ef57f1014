import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { join } from 'node:path';
import { createApplication } from './application.js';
import { createFirstAdmin } from './modules/identity/first-run.js';
import { banner } from './platform/embedded/banner.js';
import type { Config, DatabaseLogin } from './platform/config/config.js';
import { withEmbedded } from './platform/config/config.js';
import { Database } from './platform/database/database.js';
import { migrate } from './platform/database/migrator.js';
import { admitService, checkRowLevelSecurity, mayMigrate, missingMigrations } from './platform/database/readiness.js';
import { Drain } from './platform/http/drain.js';
import { logFile } from './platform/telemetry/logger.js';
import { MetricsServer } from './platform/telemetry/metrics-server.js';
import { VERSION } from './platform/telemetry/version.js';
import type { EmbeddedDatabase } from './platform/embedded/embedded-database.js';
import { startEmbedded } from './platform/embedded/embedded-database.js';
import { writeFirstRun } from './platform/embedded/first-run-file.js';
import { assertPortFree } from './platform/embedded/ports.js';
import { StartupProblem } from './platform/faults/startup-problem.js';

/** A running service. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

interface Prepared {
  readonly config: Config;
  readonly embedded: EmbeddedDatabase | null;
}

type Say = (line: string) => void;

async function prepareDatabase(config: Config, say: Say): Promise<Prepared> {
  if (config.database) return { config, embedded: null };
  const embedded = await startEmbedded({ dataDir: config.dataFolder, log: say });
  const { superuserUrl, serviceUrl, secrets } = embedded;
  return { config: withEmbedded(config, { superuserUrl, serviceUrl, jwtSecret: secrets.jwtSecret }), embedded };
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
  return `http://${['[::1]', '0.0.0.0', '[::]'].includes(url.hostname) ? 'localhost' : url.hostname}:${url.port}`;
}

/**
 * Starts everything: the embedded PostgreSQL unless one is configured, the migrations and the service. The first run
 * also creates an admin and shows its secrets once.
 * @throws StartupProblem with one plain sentence
 */
export async function serve(given: Config, say: Say): Promise<Running> {
  await assertPortFree(given.api.host, given.api.port);
  const { config, embedded } = await prepareDatabase(given, say);
  let app: NestFastifyApplication | null = null;
  const stop = async (): Promise<void> => {
    await app?.get(Drain).close(app);
    await embedded?.stop();
  };
  try {
    const { database, migrationDatabase } = config;
    if (!database || !migrationDatabase) throw new StartupProblem('There is no database.');
    await prepareSchema(migrationDatabase, database);
    const log = embedded ? join(config.dataFolder, 'service.log') : null;
    app = await createApplication(config, log === null ? undefined : logFile(log));
    const first = await createFirstAdmin(app.get(Database));
    const url = await listen(app, config);
    if (first) await writeFirstRun(config.dataFolder, { url, ...first, databaseUrl: embedded?.superuserUrl ?? null });
    say(
      banner({
        url,
        metricsUrl: app.get(MetricsServer).url,
        dataFolder: config.dataFolder,
        log,
        first,
        embeddedPort: embedded?.port ?? null,
        isTerminal: process.stdout.isTTY,
      }),
    );
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
