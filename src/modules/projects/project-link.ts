import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';

/** Where a folder says which project is its own, beside tasks.json and like a remote of git. */
const LINK = join('.taskmaster', 'taskmaster-link.json');
/** Folders of a project that hold its file. */
const INNER_FOLDERS = ['tasks', '.taskmaster'];
const KEY_MAX = 64;

/** The project that a folder is linked to, in one service. */
export interface ProjectLink {
  readonly url: string;
  readonly projectId: string;
  readonly projectKey: string;
}

/** The folder that contains `.taskmaster` or `tasks`. */
export function folderOf(file: string): string {
  let folder = dirname(resolve(file));
  while (INNER_FOLDERS.includes(basename(folder))) folder = dirname(folder);
  return folder;
}

/** The project key that a folder suggests. */
export function keyOf(folder: string): string {
  const key = basename(folder)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, KEY_MAX);
  if (key === '') throw new CommandFailure('--project is required here.', EXIT.usage);
  return key;
}

export function linkFileOf(folder: string): string {
  return join(folder, LINK);
}

function isLink(value: unknown): value is ProjectLink {
  const link = value as Partial<Record<keyof ProjectLink, unknown>> | null;
  return [link?.url, link?.projectId, link?.projectKey].every((text) => typeof text === 'string' && text !== '');
}

async function readLinks(folder: string): Promise<readonly ProjectLink[]> {
  const file = linkFileOf(folder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw new CommandFailure(`${file} cannot be read.`, EXIT.usage);
  }
  try {
    const { links } = JSON.parse(text) as { links?: unknown };
    if (Array.isArray(links) && links.every(isLink)) return links;
  } catch {
    // Reported below, like another content.
  }
  throw new CommandFailure(`${file} is not readable as a link; delete it to link the folder again.`, EXIT.usage);
}

/** The project of a folder in the service, if it is linked to one. @throws CommandFailure */
export async function findLink(folder: string, url: string): Promise<ProjectLink | null> {
  return (await readLinks(folder)).find((link) => link.url === url) ?? null;
}

/** Links a folder to a project, in place of the one it was linked to in this service. @throws CommandFailure */
export async function writeLink(folder: string, link: ProjectLink): Promise<void> {
  const others = (await readLinks(folder)).filter(({ url }) => url !== link.url);
  await writeWhole(linkFileOf(folder), `${JSON.stringify({ links: [...others, link] }, null, 2)}\n`);
}

/**
 * Writes a temporary file and renames it, so that readers see either the old or the new text. A symbolic link keeps pointing
 * to its file, and a file keeps its mode.
 * @throws CommandFailure
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => resolve(file));
  const next = join(dirname(target), `.${basename(target)}.${process.pid}.new`);
  try {
    if (basename(file) === basename(LINK)) await mkdir(dirname(target), { recursive: true });
    const before = await stat(target).catch(() => null);
    // A device or a pipe is written to; renaming would replace it.
    if (before !== null && !before.isFile()) return await writeFile(target, text);
    await writeFile(next, text, before === null ? {} : { mode: before.mode });
    await rename(next, target);
  } catch (error) {
    await rm(next, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new CommandFailure(`${file} cannot be written (${code}).`, EXIT.usage);
  }
}

/**
 * What the service calls this copy of the file. Two checkouts are two copies, so it is made of the place and not of
 * anything that a checkout would copy. It is a hash: paths are nobody else's business.
 */
export async function sourceOf(file: string): Promise<string> {
  const folder = await realpath(dirname(resolve(file))).catch(() => dirname(resolve(file)));
  const place = createHash('sha256')
    .update(`${hostname()}\0${join(folder, basename(file))}`)
    .digest('hex');
  return `file:${place.slice(0, 32)}`;
}
