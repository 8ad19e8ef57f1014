import type { Command } from 'commander';
import { decodeUtf8, nameOf, readBytes, wideEncodingOf } from '../../platform/cli/input.js';
import { contextOf, table } from '../../platform/cli/output.js';

interface ListOptions {
  readonly task?: string;
  readonly project?: string;
  readonly type?: string;
  readonly status?: string;
  readonly limit?: string;
}

interface ImportOptions {
  readonly task: string;
  readonly type?: string;
  readonly tool?: string;
  readonly format?: string;
  readonly dryRun?: boolean;
}

interface ListedValidation {
  readonly id: string;
  readonly taskId: string;
  readonly validationType: string;
  readonly validationStatus: string;
  readonly validationScore: number | null;
  readonly toolName: string | null;
  readonly createdAt: string;
}

interface Imported {
  readonly validationType: string;
  readonly status: string;
  readonly toolName: string;
  readonly findings: { readonly new: number; readonly existing: number; readonly fixed: number } | null;
}

interface ImportReport {
  readonly created: readonly Imported[];
  readonly unchanged: readonly Imported[];
  readonly setAside?: readonly { readonly path: string; readonly message: string }[];
}

const FIELDS = 'id,taskId,validationType,validationStatus,validationScore,toolName,createdAt';
const IMPORT_WITHIN_MS = 300_000;

async function list(options: ListOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const query = new URLSearchParams({ fields: FIELDS, limit: options.limit ?? '20' });
  const filters = {
    taskId: options.task,
    projectKey: options.project,
    validationType: options.type,
    validationStatus: options.status,
  };
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value);
  const { data } = await context.api.call<readonly ListedValidation[]>('GET', `/validations?${query.toString()}`);
  const rows = data.map((one) => [
    one.createdAt.slice(0, 19),
    one.validationType,
    one.validationStatus,
    one.validationScore === null ? '-' : String(one.validationScore),
    one.toolName ?? '-',
    one.taskId,
    one.id,
  ]);
  const head = ['RECORDED', 'TYPE', 'STATUS', 'SCORE', 'TOOL', 'TASK', 'ID'];
  context.show(data, () => (rows.length === 0 ? 'No validations.' : table(head, rows)));
}

/** Whether the first sign is `<`, in UTF-8 or UTF-16, with or without a byte order mark. */
function isXmlFile(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 1_000)).toString('latin1');
  return /^(\u00EF\u00BB\u00BF|\u00FF\u00FE|\u00FE\u00FF)?[\s\0]*</.test(start);
}

function lineOf({ toolName, validationType, status, findings }: Imported): string {
  const counts = findings ? `: ${findings.new} new, ${findings.existing} existing, ${findings.fixed} fixed` : '';
  return `  ${toolName} (${validationType}) ${status}${counts}`;
}

async function importReport(file: string, options: ImportOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const bytes = await readBytes(file, context.terminal);
  const isXml = isXmlFile(bytes);
  // XML declares its encoding, and the service reads UTF-16 as well. Anything else is refused here, with the file's name.
  if (!isXml && wideEncodingOf(bytes) === null) decodeUtf8(bytes, nameOf(file));
  const query = new URLSearchParams({ taskId: options.task, format: options.format ?? (isXml ? 'junit' : 'sarif') });
  if (options.type !== undefined) query.set('validationType', options.type);
  if (options.tool !== undefined) query.set('toolName', options.tool);
  if (options.dryRun) query.set('dryRun', 'true');
  const headers = { 'content-type': isXml ? 'application/xml' : 'application/json' };
  const call = { body: bytes, headers, withinMs: IMPORT_WITHIN_MS };
  const { data } = await context.api.call<ImportReport>('POST', `/validations/import?${query.toString()}`, call);
  const head = `${options.dryRun ? 'Would import' : 'Imported'} ${data.created.length}, unchanged ${data.unchanged.length}.`;
  const notes = (data.setAside ?? []).map(({ path, message }) => `  ${path}: ${message}`.trimEnd());
  context.show(data, (shown) =>
    [head, ...shown.created.map(lineOf), ...(notes.length > 0 ? ['Set aside:', ...notes] : [])].join('\n'),
  );
}

/** `validations list` and `validations import`. */
export function addCommands(program: Command): void {
  const validations = program.command('validations').description('validations of tasks');
  validations
    .command('list')
    .description('list validations, latest first')
    .option('--task <id>', 'only of this task')
    .option('-p, --project <key>', 'only of this project')
    .option('--type <type>', 'only of these types, separated by commas')
    .option('--status <status>', 'only with these statuses, separated by commas')
    .option('-n, --limit <n>', 'maximum number of validations (default 20)')
    .action(list);
  validations
    .command('import <file>')
    .description('import a SARIF 2.1.0 or JUnit XML report (- is standard input); the latest one again changes nothing')
    .requiredOption('--task <id>', 'task that was checked')
    .option('--type <type>', 'what was checked (testing for JUnit, security for SARIF)')
    .option('--tool <name>', 'name of the tool, for reports that count side by side (default: that in the file)')
    .option('--format <format>', 'sarif or junit (default: detected from the file)')
    .option('--dry-run', 'report the outcome without saving anything')
    .action(importReport);
}
