import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { CommandFailure, EXIT } from './platform/cli/exit.js';
import { escapeJson, onLines } from './platform/cli/printable.js';
import type { Terminal } from './platform/cli/terminal.js';
import { Program } from './platform/cli/terminal.js';
import { VERSION } from './platform/telemetry/version.js';

const COMMANDS = /\.commands\.(js|ts)$/;

/** Commands that run the service load it lazily, so that all other commands start in milliseconds. */
function serviceCommands(program: Program): void {
  program
    .command('serve')
    .description('start the service (what npm start runs)')
    .action(async () => {
      await import('./main.js');
    });
  program
    .command('migrate')
    .description('migrate the database to the current schema')
    .option('--status', 'only list the pending migrations')
    .option('--down <n>', 'revert the last n migrations')
    .action(async (options: { status?: boolean; down?: string }) => {
      const { migrateCommand } = await import('./migrate.js');
      await migrateCommand(options);
    });
}

interface ModuleCommands {
  /** The heading of its commands in the help text. */
  readonly group: string;
  readonly addCommands: (program: Command) => void;
}

/** Headings that are not the name of the module with a capital letter. */
const HEADINGS: Readonly<Record<string, string>> = { oauth: 'OAuth' };

/** The commands of the modules, found by file name, so that the command line does not load the modules themselves. */
async function moduleCommands(): Promise<readonly ModuleCommands[]> {
  const root = join(import.meta.dirname, 'modules');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => COMMANDS.test(name));
  return Promise.all(
    files.sort().map(async (name) => {
      const { addCommands } = (await import(pathToFileURL(join(root, name)).href)) as Pick<
        ModuleCommands,
        'addCommands'
      >;
      const [module = ''] = name.split(sep);
      const heading = HEADINGS[module] ?? `${module[0]?.toUpperCase() ?? ''}${module.slice(1)}`;
      return { group: `${heading}:`, addCommands };
    }),
  );
}

async function programOf(terminal: Terminal): Promise<Program> {
  const program = new Program('taskmaster', terminal);
  program
    .description('The system of record for work that people and AI coding agents do together.')
    .version(VERSION, '-V, --version')
    .option('--json', 'print JSON')
    .option('--url <url>', 'URL of the service (TASKMASTER_URL)')
    .option('--api-key <key>', 'API key (TASKMASTER_API_KEY; default: the key in first-run.json)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 refused by the service, 2 wrong command line or input, 3 service unavailable.',
    )
    .showHelpAfterError('(taskmaster --help shows how)')
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(onLines(text)),
    })
    .exitOverride();
  serviceCommands(program);
  for (const { group, addCommands } of await moduleCommands()) {
    program.commandsGroup(group);
    addCommands(program);
  }
  for (const command of program.commands) command.exitOverride();
  return program;
}

function report(error: unknown, json: boolean, { stderr }: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandFailure) {
    const text = json
      ? escapeJson(JSON.stringify(error.problem ?? { detail: error.message }, null, 2))
      : onLines(error.message);
    stderr.write(`${text}\n`);
    return error.exitCode;
  }
  stderr.write(`${onLines(error instanceof Error ? error.message : String(error))}\n`);
  return EXIT.unavailable;
}

/** Runs one command line, and leaves its exit code in the terminal. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<void> {
  const program = await programOf(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    terminal.exitCode = report(error, program.opts<{ json?: boolean }>().json ?? false, terminal);
  }
}
