import type { Command } from 'commander';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import { contextOf, table } from '../../platform/cli/output.js';
import { asBlock } from '../../platform/cli/printable.js';
import { quotedValue } from '../../platform/schema/value-list.js';
import { isUuid } from '../../platform/schema/uuid.js';

interface ShownError {
  readonly id: string;
  readonly title: string | null;
  readonly errorCode: string;
  readonly errorSeverity: string;
  readonly errorMessage: string;
  readonly resolutionStatus: string;
  readonly resolvedInVersion: string | null;
  readonly environment: string;
  readonly serviceName: string | null;
  readonly serviceVersion: string | null;
  readonly occurrenceCount: number;
  readonly usersAffected: number;
  readonly firstOccurredAt: string;
  readonly lastOccurredAt: string;
  readonly stackTrace: string | null;
}

interface ListOptions {
  readonly project?: string;
  readonly status?: string;
  readonly severity?: string;
  readonly environment?: string;
  readonly query?: string;
  readonly limit: string;
}

interface ResolveOptions {
  readonly notes?: string;
  readonly version?: string;
  readonly next?: boolean;
}

const FIELDS = 'id,title,errorCode,errorSeverity,errorMessage,resolutionStatus,occurrenceCount,lastOccurredAt';
const MESSAGE_SHOWN = 80;

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, MESSAGE_SHOWN);
const minute = (instant: string): string => instant.slice(0, 16).replace('T', ' ');

function pathOf(id: string, action = ''): string {
  if (!isUuid(id)) throw new CommandFailure(`"${id}" is not an id.`, EXIT.usage);
  return `/errors/${id}${action}`;
}

async function list(options: ListOptions, command: Command): Promise<void> {
  if (!/^([1-9]\d?|100)$/.test(options.limit)) {
    throw new CommandFailure('--limit must be a whole number from 1 to 100.', EXIT.usage);
  }
  const context = contextOf(command);
  const query = new URLSearchParams({ fields: FIELDS, limit: options.limit });
  const filters = {
    projectKey: options.project === undefined ? undefined : quotedValue(options.project),
    resolutionStatus: options.status,
    errorSeverity: options.severity,
    environment: options.environment === undefined ? undefined : quotedValue(options.environment),
    q: options.query,
  };
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value);
  const { data } = await context.api.call<ShownError[]>('GET', `/errors?${query.toString()}`);
  const rows = data.map((error) => [
    error.id,
    error.resolutionStatus,
    error.errorSeverity,
    String(error.occurrenceCount),
    minute(error.lastOccurredAt),
    error.errorCode,
    error.title ?? firstLine(error.errorMessage),
  ]);
  const head = ['ID', 'STATUS', 'SEVERITY', 'COUNT', 'LAST (UTC)', 'CODE', 'ERROR'];
  context.show(data, (shown) => (shown.length === 0 ? 'No errors.' : table(head, rows)));
}

function described(error: ShownError): string {
  const lines = [
    ['Id', error.id],
    ['Code', error.errorCode],
    ['Status', error.resolutionStatus],
    ['Severity', error.errorSeverity],
    ['Count', `${error.occurrenceCount} (${error.usersAffected} users)`],
    ['First', error.firstOccurredAt],
    ['Last', error.lastOccurredAt],
    ['Where', [error.environment, error.serviceName, error.serviceVersion].filter(Boolean).join(' ')],
    ['Resolved', error.resolvedInVersion ?? '-'],
  ] as const;
  return [
    ...(error.title === null ? [] : [error.title]),
    ...lines.map(([name, value]) => `${name.padEnd(10)}${value}`),
    `\n${asBlock(error.errorMessage)}`,
    ...(error.stackTrace === null ? [] : [`\n${asBlock(error.stackTrace)}`]),
  ].join('\n');
}

async function show(id: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<ShownError>('GET', pathOf(id));
  context.show(data, (shown) => described(shown));
}

async function resolve(id: string, options: ResolveOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<ShownError>('POST', pathOf(id, '/resolve'), {
    body: {
      ...(options.notes === undefined ? {} : { resolutionNotes: options.notes }),
      ...(options.version === undefined ? {} : { inVersion: options.version }),
      ...(options.next ? { inNextRelease: true } : {}),
    },
  });
  context.show(data, (shown) => `Resolved: ${shown.title ?? firstLine(shown.errorMessage)}`);
}

/** `errors list`, `errors show` and `errors resolve`. */
export function addCommands(program: Command): void {
  const errors = program.command('errors').description('errors that services reported');
  errors
    .command('list')
    .alias('ls')
    .description('list errors, most recent first')
    .option('-p, --project <key>', 'only errors of this project')
    .option('-s, --status <words>', 'only these statuses, separated by commas', 'unresolved,in_progress,regressed')
    .option('--severity <words>', 'only these severities, separated by commas')
    .option('-e, --environment <name>', 'only errors of this environment')
    .option('-q, --query <text>', 'full-text search')
    .option('-n, --limit <n>', 'maximum number of errors', '20')
    .action(list);
  errors.command('show <id>').description('show an error with its stack trace').action(show);
  errors
    .command('resolve <id>')
    .description('resolve an error')
    .option('-m, --notes <text>', 'how it was resolved')
    .option('--in-version <version>', 'the release that fixes it')
    .option('--next', 'the release after the newest affected one fixes it')
    .action((id: string, { inVersion, ...options }: ResolveOptions & { inVersion?: string }, command: Command) =>
      resolve(id, { ...options, ...(inVersion === undefined ? {} : { version: inVersion }) }, command),
    );
  for (const command of errors.commands) command.exitOverride();
}
