import type { Command as Program } from 'commander';
import { Command, CommanderError } from 'commander';
import { analyticsCommands } from './modules/analytics/analytics.commands.js';
import { changesCommand } from './modules/changes/changes.commands.js';
import { errorCommands } from './modules/errors/errors.commands.js';
import { identityCommands } from './modules/identity/identity.commands.js';
import { liveCommands } from './modules/live/live.commands.js';
import { projectCommands } from './modules/projects/projects.commands.js';
import { taskHistoryCommand } from './modules/tasks/task-history.command.js';
import { taskWorkCommands } from './modules/tasks/task-work.commands.js';
import { taskCommands } from './modules/tasks/tasks.commands.js';
import { validationCommands } from './modules/validations/validations.commands.js';
import { webhookCommands } from './modules/webhooks/webhooks.commands.js';
import { CommandFailure, EXIT } from './platform/cli/exit.js';
import { VERSION } from './platform/telemetry/version.js';

/** Commands that run the service itself load it only then: the others start in milliseconds. */
function serviceCommands(program: Program): void {
  program
    .command('serve')
    .description('start the service (what npm start runs)')
    .action(async () => {
      await import('./main.js');
    });
  program
    .command('migrate')
    .description('bring the database to the current schema')
    .option('--status', 'only list the migrations that are still to run')
    .option('--down <n>', 'take back the last n migrations')
    .action(async (options: { status?: boolean; down?: string }) => {
      const { migrateCommand } = await import('./migrate.js');
      await migrateCommand(options);
    });
}

function programOf(): Program {
  const program = new Command('taskmaster')
    .description('The system of record for work that people and AI coding agents do together.')
    .version(VERSION, '-V, --version')
    .option('--json', 'answer as JSON')
    .option('--url <url>', 'service to talk to (TASKMASTER_URL)')
    .option('--api-key <key>', 'API key (TASKMASTER_API_KEY); else that of first-run.json')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 refused by the service, 2 wrong command line or input, 3 service unavailable.',
    )
    .showHelpAfterError('(taskmaster --help shows how)')
    .exitOverride();
  serviceCommands(program);
  taskCommands(program);
  taskWorkCommands(program);
  taskHistoryCommand(program);
  projectCommands(program);
  identityCommands(program);
  analyticsCommands(program);
  errorCommands(program);
  validationCommands(program);
  webhookCommands(program);
  liveCommands(program);
  changesCommand(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandFailure) {
    const text = json ? JSON.stringify(error.problem ?? { detail: error.message }, null, 2) : error.message;
    process.stderr.write(`${text}\n`);
    return error.exitCode;
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.unavailable;
}

const program = programOf();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error, program.opts<{ json?: boolean }>().json ?? false);
}
