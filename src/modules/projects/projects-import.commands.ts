import type { Command } from 'commander';
import { confirm, isInteractive } from '../../platform/cli/confirm.js';
import { segment } from '../../platform/cli/api.js';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import { STANDARD_INPUT, readText } from '../../platform/cli/input.js';
import type { Context } from '../../platform/cli/output.js';
import { contextOf } from '../../platform/cli/output.js';
import { onOneLine } from '../../platform/cli/printable.js';
import { withProgress } from './import-progress.js';
import type { ImportTarget } from './import-target.js';
import { findTarget } from './import-target.js';
import { sourceOf, writeLink } from './project-link.js';
import type { ImportDeletion, ImportReport } from './projects-import.dto.js';

interface ImportOptions {
  readonly project?: string;
  readonly link?: boolean;
  readonly tag?: string;
  readonly source?: string;
  readonly ours?: boolean;
  readonly theirs?: boolean;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly yes?: boolean;
}

const IMPORT_WITHIN_MS = 300_000;

interface Request {
  readonly text: string;
  readonly target: ImportTarget;
  readonly source: string | null;
  readonly options: ImportOptions;
}

async function send(
  context: Context,
  { text, target, source, options }: Request,
  dryRun: boolean,
): Promise<ImportReport> {
  const query = new URLSearchParams();
  if (options.tag !== undefined) query.set('list', options.tag);
  if (source !== null) query.set('source', source);
  if (options.ours) query.set('conflicts', 'ours');
  if (options.theirs) query.set('conflicts', 'theirs');
  if (target.isNew) query.set('createProject', 'true');
  if (options.prune) query.set('prune', 'true');
  if (dryRun) query.set('dryRun', 'true');
  const path = `/projects/${segment(target.address)}/import?${query.toString()}`;
  const call = { body: text, withinMs: IMPORT_WITHIN_MS };
  return (await context.api.call<ImportReport>('POST', path, call)).data;
}

/** Shows what pruning would delete, and asks. @throws CommandFailure if nobody agrees */
async function confirmPruning(context: Context, request: Request): Promise<void> {
  const { deletions } = await send(context, request, true);
  if (deletions.length === 0) return;
  const what = `--prune deletes ${deletions.length} tasks:\n${deletions.map(deletionLine).join('\n')}`;
  if (context.json || !isInteractive(context.terminal)) {
    throw new CommandFailure(`${what}\nNothing was imported. With --yes, they are deleted.`, EXIT.refused);
  }
  const { stdin, stderr } = context.terminal;
  if (!(await confirm(`${what}\nDelete them?`, stdin, stderr)))
    throw new CommandFailure('Nothing was imported.', EXIT.refused);
}

const deletionLine = ({ list, ref, title }: ImportDeletion): string => `  ${list}: ${ref}  ${onOneLine(title)}`;

const DELETED = { DELETED_IN_PROJECT: 'deleted in the project', DELETED_IN_FILE: 'deleted in the file' };

function conflictLine({ list, ref, code, field, file, project }: ImportReport['conflicts'][number]): string {
  const where = `  ${list}: ${ref}`;
  if (code !== 'CHANGED_ON_BOTH_SIDES') return `${where}  ${DELETED[code]}, changed on the other side`;
  return `${where} ${field}: ${JSON.stringify(file)} in the file, ${JSON.stringify(project)} in the project`;
}

function summary(key: string, report: ImportReport, { dryRun, ours, theirs }: ImportOptions): string {
  const { created, updated, unchanged, deleted, conflicts, deletions, normalisations } = report;
  const kept = theirs
    ? 'the file decides'
    : ours
      ? 'the project decides'
      : 'kept as in the project; --theirs takes the file, --ours settles it';
  const sections: [string, readonly string[]][] = [
    [`${conflicts.length} conflicts (${kept}):`, conflicts.map(conflictLine)],
    ['Deleted:', deletions.map(deletionLine)],
    [`${normalisations.length} normalisations:`, normalisations.map(({ path, message }) => `  ${path}: ${message}`)],
  ];
  return [
    `${dryRun ? 'Would import' : 'Imported'} into ${key}: ${created} created, ${updated} updated, ${unchanged} unchanged, ${deleted} deleted.`,
    ...sections.flatMap(([head, lines]) => (lines.length === 0 ? [] : [head, ...lines])),
  ].join('\n');
}

/** Links the folder after its import has succeeded, because one that failed must leave nothing behind. */
async function linkFolder({ config }: Context, { linkedFolder, key }: ImportTarget, projectId: string): Promise<void> {
  if (linkedFolder !== null) await writeLink(linkedFolder, { url: config.url, projectId, projectKey: key });
}

/** @throws CommandFailure for pruning without a source: it deletes what an earlier file of the same source had */
async function sourceName(file: string | null, { source, prune }: ImportOptions): Promise<string | null> {
  if (source !== undefined || file !== null) return source ?? sourceOf(file ?? '');
  if (!prune) return null;
  throw new CommandFailure('--prune of standard input needs --source, the name of this copy of the file.', EXIT.usage);
}

async function importFile(given: string, options: ImportOptions, command: Command): Promise<void> {
  if (options.ours && options.theirs) throw new CommandFailure('--ours and --theirs exclude each other.', EXIT.usage);
  const context = contextOf(command);
  const { terminal } = context;
  const text = await readText(given, terminal);
  const file = given === STANDARD_INPUT ? null : given;
  const target = await findTarget(context, file, options);
  const source = await sourceName(file, options);
  const request = { text, target, source, options };
  const dryRun = options.dryRun ?? false;
  if (options.prune && !options.yes && !dryRun) await confirmPruning(context, request);
  const bar = terminal.stderr.isTTY && !context.json ? terminal.stderr : null;
  const report = await withProgress(text, bar, () => send(context, request, dryRun));
  if (isUndecided(report, options)) terminal.exitCode = EXIT.refused;
  context.show(report, (shown) => summary(target.key, shown, options));
  if (!dryRun) await linkFolder(context, target, report.projectId);
}

const isUndecided = ({ conflicts }: ImportReport, { ours, theirs }: ImportOptions): boolean =>
  conflicts.length > 0 && !ours && !theirs;

/** `import`. */
export function addCommands(program: Command): void {
  program
    .command('import <file>')
    .description('merge a tasks.json file of any shape into a project; - reads standard input')
    .option('-p, --project <key>', 'project; created if missing (default: the one that the folder is linked to)')
    .option('--link', 'link the folder to the project, so that later imports need not name it')
    .option('-t, --tag <list>', 'only this list of the file')
    .option('--theirs', 'where both sides have changed a value, take that of the file')
    .option('--ours', 'where both sides have changed a value, keep that of the project for good')
    .option('--dry-run', 'report the outcome without saving anything')
    .option('--prune', 'delete tasks of earlier imports that are missing in the file; shows them and asks')
    .option('-y, --yes', 'prune without asking')
    .option('--source <name>', 'name of this copy of the file (default: made of its place)')
    .action(importFile);
}
