import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import type { Context } from '../../platform/cli/output.js';
import { contextOf } from '../../platform/cli/output.js';

interface ImportOptions {
  readonly project?: string;
  readonly tag?: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
}

interface ExportOptions {
  readonly project?: string;
  readonly tag?: string;
  readonly output?: string;
}

interface ImportReport {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly normalisations: readonly { readonly path: string; readonly code: string; readonly message: string }[];
}

const IMPORT_WITHIN_MS = 300_000;
const TICK_MS = 100;

async function readInput(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read';
    throw new CommandFailure(`${file} ${why}.`, EXIT.usage);
  }
}

/** Derives the project key from the folder that contains `.taskmaster` or `tasks`. */
function projectOf(file: string): string {
  const folders = ['tasks', '.taskmaster'];
  let folder = dirname(resolve(file));
  while (folders.includes(basename(folder))) folder = dirname(folder);
  const key = basename(folder)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 64);
  if (key === '') throw new CommandFailure('--project is required here.', EXIT.usage);
  return key;
}

/** Creates a missing project. A dry run must leave nothing behind, so it fails instead. */
async function ensureProject({ api }: Context, key: string, dryRun: boolean): Promise<void> {
  try {
    await api.call('GET', `/projects/${encodeURIComponent(key)}`);
  } catch (error) {
    const missing =
      error instanceof CommandFailure && (error.problem as { code?: string } | undefined)?.code === 'NOT_FOUND';
    if (!missing) throw error;
    if (dryRun)
      throw new CommandFailure(
        `There is no project ${key} yet; without --dry-run, the import creates it.`,
        EXIT.refused,
      );
    await api.call('POST', '/projects', { body: { projectKey: key, name: key } });
  }
}

function tasksIn(text: string): number {
  return (text.match(/"title"\s*:/g) ?? []).length;
}

/** Shows estimated progress. The file is one transaction, so only its end is known. */
async function withProgress<T>(total: number, enabled: boolean, work: () => Promise<T>): Promise<T> {
  if (!enabled) return work();
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {value}/{total} tasks | {duration_formatted}',
      stream: process.stderr,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  let shown = 0;
  const timer = setInterval(() => {
    shown += (total * 0.95 - shown) / 20;
    bar.update(Math.floor(shown));
  }, TICK_MS);
  try {
    const result = await work();
    bar.update(total);
    return result;
  } finally {
    clearInterval(timer);
    bar.stop();
  }
}

function summary(key: string, report: ImportReport, dryRun: boolean): string {
  const { created, updated, unchanged, deleted, normalisations } = report;
  const head = `${dryRun ? 'Would import' : 'Imported'} into ${key}: ${created} created, ${updated} updated, ${unchanged} unchanged, ${deleted} deleted.`;
  if (normalisations.length === 0) return head;
  const lines = normalisations.map((one) => `  ${one.path}: ${one.message}`);
  return `${head}\n${normalisations.length} normalisations:\n${lines.join('\n')}`;
}

async function importFile(file: string, options: ImportOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const text = await readInput(file);
  const key = options.project ?? projectOf(file);
  const dryRun = options.dryRun ?? false;
  await ensureProject(context, key, dryRun);
  const query = new URLSearchParams();
  if (options.tag !== undefined) query.set('list', options.tag);
  if (dryRun) query.set('dryRun', 'true');
  if (options.prune) query.set('prune', 'true');
  const path = `/projects/${encodeURIComponent(key)}/import?${query.toString()}`;
  const { data } = await withProgress(tasksIn(text), process.stderr.isTTY && !context.json, () =>
    context.api.call<ImportReport>('POST', path, { body: text, withinMs: IMPORT_WITHIN_MS }),
  );
  context.show(data, () => summary(key, data, dryRun));
}

/** Writes a temporary file and renames it, so that readers see either the old or the new text. */
async function writeWhole(file: string, text: string): Promise<void> {
  const next = join(dirname(resolve(file)), `.${basename(file)}.${process.pid}.new`);
  try {
    await writeFile(next, text);
    await rename(next, file);
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'error'}).`,
      EXIT.usage,
    );
  }
}

async function exportFile(options: ExportOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  if (options.project === undefined) throw new CommandFailure('--project is required.', EXIT.usage);
  const list = options.tag === undefined ? '' : `?list=${encodeURIComponent(options.tag)}`;
  const path = `/projects/${encodeURIComponent(options.project)}/export${list}`;
  const text = await context.api.text('GET', path, { withinMs: IMPORT_WITHIN_MS });
  if (options.output === undefined) process.stdout.write(text);
  else await writeWhole(options.output, text);
}

/** `import` and `export`. */
export function addCommands(program: Command): void {
  program
    .command('import <file>')
    .description('import a tasks.json file of any shape; repeated imports write only changes')
    .option('-p, --project <key>', 'project; created if missing (default: the name of the folder)')
    .option('-t, --tag <list>', 'only this list of the file')
    .option('--dry-run', 'report the outcome without saving anything')
    .option('--prune', 'delete tasks of earlier imports that are missing in the file')
    .action(importFile);
  program
    .command('export')
    .description('export a project as tasks.json')
    .option('-p, --project <key>', 'project, by key or id')
    .option('-t, --tag <list>', 'only this list')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .action(exportFile);
}
