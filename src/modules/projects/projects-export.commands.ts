import type { Command } from 'commander';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import type { Context } from '../../platform/cli/output.js';
import { contextOf } from '../../platform/cli/output.js';
import { escapeJson } from '../../platform/cli/printable.js';
import { findLink, folderOf, sourceOf, writeWhole } from './project-link.js';

interface ExportOptions {
  readonly project?: string;
  readonly tag?: string;
  readonly output?: string;
  readonly source?: string;
}

const EXPORT_WITHIN_MS = 300_000;

/** The named project, or the one that the folder of the output is linked to. */
async function projectOf({ config }: Context, { project, output }: ExportOptions): Promise<string> {
  if (project !== undefined) return project;
  const link = await findLink(folderOf(output ?? 'tasks.json'), config.url);
  if (link === null) throw new CommandFailure('--project is required: the folder is not linked to one.', EXIT.usage);
  return link.projectId;
}

async function exportFile(options: ExportOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { tag, output } = options;
  const project = await projectOf(context, options);
  const source = options.source ?? (output === undefined ? undefined : await sourceOf(output));
  const query = new URLSearchParams();
  if (tag !== undefined) query.set('list', tag);
  if (source !== undefined) query.set('source', source);
  const path = `/projects/${encodeURIComponent(project)}/export?${query.toString()}`;
  const text = await context.api.text('GET', path, { withinMs: EXPORT_WITHIN_MS });
  if (output !== undefined) await writeWhole(output, text);
  // A terminal obeys some characters that JSON lets through; a file gets them as they are.
  else process.stdout.write(process.stdout.isTTY ? escapeJson(text) : text);
}

/** `export`. */
export function addCommands(program: Command): void {
  program
    .command('export')
    .description('export a project as tasks.json')
    .option('-p, --project <key>', 'project, by key or id (default: the one that the folder is linked to)')
    .option('-t, --tag <list>', 'only this list')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option('--source <name>', 'name of this copy of the file (default: made of its place)')
    .action(exportFile);
}
