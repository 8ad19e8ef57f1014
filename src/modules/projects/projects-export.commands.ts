import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { segment } from '../../platform/cli/api.js';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import type { Context } from '../../platform/cli/output.js';
import { contextOf } from '../../platform/cli/output.js';
import { escapeJson, onOneLine } from '../../platform/cli/printable.js';
import { findLink, folderOf, sourceOf, writeWhole } from './project-link.js';

interface ExportOptions {
  readonly project?: string;
  readonly tag?: string;
  readonly output?: string;
  readonly source?: string;
  readonly force?: boolean;
}

const EXPORT_WITHIN_MS = 300_000;

/** The named project, or the one that the folder of the output is linked to. */
async function projectOf({ config }: Context, { project, output }: ExportOptions): Promise<string> {
  if (project !== undefined) return project;
  const link = await findLink(folderOf(output ?? 'tasks.json'), config.url);
  if (link === null) throw new CommandFailure('--project is required: the folder is not linked to one.', EXIT.usage);
  return link.projectId;
}

/** The names of the lists of a tasks.json; none if the text is something else. */
function listsOf(text: string): string[] {
  try {
    const file = JSON.parse(text) as Record<string, { tasks?: unknown } | null> | null;
    return Object.entries(file ?? {}).flatMap(([name, list]) => (Array.isArray(list?.tasks) ? [name] : []));
  } catch {
    return [];
  }
}

/** Refuses to remove lists of a file: an import with --prune would then delete their tasks. @throws CommandFailure */
async function requireNoLoss(output: string, text: string): Promise<void> {
  const exported = new Set(listsOf(text));
  const lost = listsOf(await readFile(output, 'utf8').catch(() => '')).filter((name) => !exported.has(name));
  if (lost.length === 0) return;
  const what = `${output} has lists that the export lacks: ${lost.map(onOneLine).join(', ')}.`;
  throw new CommandFailure(`${what} Nothing was written. Use another file, or --force to lose them.`, EXIT.refused);
}

async function exportFile(options: ExportOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { stdout } = context.terminal;
  const { tag, output } = options;
  const project = await projectOf(context, options);
  const source = options.source ?? (output === undefined ? undefined : await sourceOf(output));
  const query = new URLSearchParams();
  if (tag !== undefined) query.set('list', tag);
  if (source !== undefined) query.set('source', source);
  const path = `/projects/${segment(project)}/export?${query.toString()}`;
  const text = await context.api.file('GET', path, { withinMs: EXPORT_WITHIN_MS });
  if (output !== undefined) {
    if (!options.force) await requireNoLoss(output, text);
    await writeWhole(output, text);
  }
  // A terminal obeys some characters that JSON lets through; a file gets them as they are.
  else stdout.write(stdout.isTTY ? escapeJson(text) : text);
}

/** `export`. */
export function addCommands(program: Command): void {
  program
    .command('export')
    .description('export a project as tasks.json')
    .option('-p, --project <key>', 'project, by key or id (default: the one that the folder is linked to)')
    .option('-t, --tag <list>', 'only this list')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--force', 'write the file even if it has lists that the export lacks')
    .option('--source <name>', 'name of this copy of the file (default: made of its place)')
    .action(exportFile);
}
