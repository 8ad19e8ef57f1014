import { CommandFailure, EXIT } from './platform/cli/exit.js';
import type { DatabaseLogin } from './platform/config/config.js';
import { loadConfig, withEmbedded } from './platform/config/config.js';
import { withEnvFile } from './platform/config/env-file.js';
import { migrate, pending, revert } from './platform/database/migrator.js';
import { admitService } from './platform/database/readiness.js';
import { startEmbedded } from './platform/embedded/embedded-database.js';
import { VERSION } from './platform/telemetry/version.js';

interface MigrateOptions {
  readonly status?: boolean;
  readonly down?: string;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const named = (names: readonly string[], what: string, none: string): string =>
  names.length === 0 ? none : `${what}:\n${names.map((name) => `  ${name}`).join('\n')}`;

async function run(migrator: DatabaseLogin, service: DatabaseLogin, options: MigrateOptions): Promise<void> {
  if (options.status) say(named(await pending(migrator, { version: VERSION }), 'To run', 'The schema is current.'));
  else if (options.down !== undefined)
    say(named(await revert(migrator, Number(options.down)), 'Taken back', 'Nothing to take back.'));
  else {
    say(named(await migrate(migrator, { version: VERSION }), 'Ran', 'The schema is current.'));
    await admitService(migrator, service.user);
  }
}

/** `taskmaster migrate`: uses the configured PostgreSQL, or the embedded one while the service is stopped. */
export async function migrateCommand(options: MigrateOptions): Promise<void> {
  if (options.down !== undefined && !/^[1-9]\d{0,2}$/.test(options.down)) {
    throw new CommandFailure('--down must be a whole number from 1.', EXIT.usage);
  }
  const given = loadConfig(withEnvFile().env, { signs: false });
  const embedded = given.database ? null : await startEmbedded({ dataDir: given.dataFolder });
  const config = embedded
    ? withEmbedded(given, { superuserUrl: embedded.superuserUrl, serviceUrl: embedded.serviceUrl, jwtSecret: '' })
    : given;
  try {
    if (!config.migrationDatabase || !config.database) throw new CommandFailure('There is no database.', EXIT.usage);
    await run(config.migrationDatabase, config.database, options);
  } finally {
    await embedded?.stop();
  }
}
