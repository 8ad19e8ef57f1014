import { confirm, isInteractive } from '../../platform/cli/confirm.js';
import { segment } from '../../platform/cli/api.js';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import type { Context } from '../../platform/cli/output.js';
import { findLink, folderOf, keyOf, linkFileOf } from './project-link.js';

interface Project {
  readonly id: string;
  readonly projectKey: string;
}

/** The project that an import goes to. */
export interface ImportTarget {
  /** Its key or id. */
  readonly address: string;
  readonly key: string;
  /** Whether the import creates it. */
  readonly isNew: boolean;
  /** The folder to link to it, once the import has succeeded. */
  readonly linkedFolder: string | null;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof CommandFailure && (error.problem as { code?: string } | undefined)?.code === 'NOT_FOUND';
}

async function findProject({ api }: Context, address: string): Promise<Project | null> {
  try {
    return (await api.call<Project>('GET', `/projects/${segment(address)}`)).data;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** The project that was named. It is created if it is missing. */
async function namedTarget(context: Context, address: string, linkedFolder: string | null): Promise<ImportTarget> {
  const project = await findProject(context, address);
  return { address, key: project?.projectKey ?? address, isNew: project === null, linkedFolder };
}

/** Whether somebody is there and says yes. */
async function agrees({ json, terminal }: Context, question: string): Promise<boolean> {
  return !json && isInteractive(terminal) && (await confirm(question, terminal.stdin, terminal.stderr));
}

/**
 * The project that the folder of the file is linked to. A folder that is linked to none gets a new project of its name.
 * One that exists already may be that of another folder of this name, so that somebody has to say that it is the same.
 * @throws CommandFailure
 */
async function folderTarget(context: Context, folder: string, isSame: boolean): Promise<ImportTarget> {
  const link = await findLink(folder, context.config.url);
  if (link !== null) {
    if ((await findProject(context, link.projectId)) !== null) {
      return { address: link.projectId, key: link.projectKey, isNew: false, linkedFolder: null };
    }
    throw new CommandFailure(
      `${linkFileOf(folder)} links this folder to the project ${link.projectKey}, which is not there. Delete that file, or name a project: --project <key> --link`,
      EXIT.refused,
    );
  }
  const key = keyOf(folder);
  const project = await findProject(context, key);
  if (project === null) return { address: key, key, isNew: true, linkedFolder: folder };
  const fact = `There is a project ${key} already, and this folder is not linked to it.`;
  if (isSame || (await agrees(context, `${fact}\nIs it the project of ${folder}?`))) {
    return { address: project.id, key, isNew: false, linkedFolder: folder };
  }
  throw new CommandFailure(
    `${fact}\n  If it is the same project: --link\n  If it is another one:      --project <another key> --link`,
    EXIT.refused,
  );
}

/** @throws CommandFailure */
export function findTarget(
  context: Context,
  file: string | null,
  options: { readonly project?: string; readonly link?: boolean },
): Promise<ImportTarget> {
  if (file === null && (options.project === undefined || options.link)) {
    throw new CommandFailure('Standard input has no folder: --project is required, without --link.', EXIT.usage);
  }
  const folder = file === null ? null : folderOf(file);
  if (options.project !== undefined) return namedTarget(context, options.project, options.link ? folder : null);
  return folderTarget(context, folder ?? '', options.link ?? false);
}
