import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigProblem } from './config.js';
import type { Setting } from './setting.js';
import { settings } from './settings.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** An environment with the variables of a file beneath it. */
export interface MergedEnvironment {
  readonly env: Variables;
  /** Sentences for the operator. */
  readonly warnings: readonly string[];
}

const WORLD_WRITABLE = 0o002;
const READABLE_BY_OTHERS = 0o044;

/** What may stand in a file: an assignment, whose quoted value may span lines, or a line of its own. */
const ENTRY =
  /[^\S\n]*(?:(?:export[^\S\n]+)?[A-Za-z_]\w*[^\S\n]*=[^\S\n]*("[^"]*"|'[^']*'|`[^`]*`|[^\n]*)|[^\n]*)(?:\n|$)/y;
const UNQUOTED_END = /^[^\S\n]*(?:#[^\n]*)?(?:\n|$)/;

/** Node's parser drops the lines that it does not understand, so that the default of a setting would apply unnoticed. */
function malformedLines(text: string): number[] {
  const lines: number[] = [];
  for (let line = 1, at = 0; at < text.length;) {
    ENTRY.lastIndex = at;
    const [entry = '', value] = ENTRY.exec(text) ?? [];
    if (value === undefined ? !UNQUOTED_END.test(entry) : /^["'`]/.test(value) && !isQuoted(value)) lines.push(line);
    at += entry.length || 1;
    line += entry.split('\n').length - 1;
  }
  return lines;
}

/** Whether a value that begins with a quotation mark ends with it, but for a comment. */
function isQuoted(value: string): boolean {
  const end = value.indexOf(value[0] ?? '', 1);
  return end !== -1 && UNQUOTED_END.test(value.slice(end + 1));
}

function secretsIn(variables: Variables): string[] {
  const known: Readonly<Record<string, Setting<unknown>>> = settings;
  return Object.keys(variables).filter((name) => known[name]?.secret === true && variables[name] !== '');
}

/** Windows has no such bits. */
function modeOf(path: string): number {
  const file = statSync(path);
  return process.platform === 'win32' || !file.isFile() ? 0 : file.mode;
}

/** @throws ConfigProblem */
function read(path: string, name: string): { readonly variables: Variables; readonly warnings: string[] } {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(path, 'utf8')
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n');
    mode = modeOf(path);
  } catch (error) {
    throw new ConfigProblem([`${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`]);
  }
  if (mode & WORLD_WRITABLE) {
    throw new ConfigProblem([`${name} can be changed by every user of this computer: run "chmod 600 ${name}".`]);
  }
  const problems = malformedLines(text).map((line) => `${name}, line ${line}, is not NAME=value.`);
  if (problems.length > 0) throw new ConfigProblem(problems);
  const variables = parseEnv(text);
  const secrets = secretsIn(variables);
  const isOpen = secrets.length > 0 && (mode & READABLE_BY_OTHERS) !== 0;
  return {
    variables,
    warnings: isOpen
      ? [`${name} holds ${secrets.join(', ')} and other users can read it: run "chmod 600 ${name}".`]
      : [],
  };
}

/**
 * Adds the variables of `.env` in a folder, or of the file that TASKMASTER_ENV_FILE names, to an environment. A variable
 * that the environment has keeps its value there; an empty one counts as missing, as everywhere in the configuration.
 * @throws ConfigProblem when the file cannot be read, has a line that is no assignment, or can be changed by everybody
 */
export function withEnvFile(env: Variables = process.env, folder = process.cwd()): MergedEnvironment {
  const given = env['TASKMASTER_ENV_FILE'] ?? '';
  const path = given === '' ? join(folder, '.env') : resolve(folder, given);
  if (given === '' && !existsSync(path)) return { env, warnings: [] };
  const shown = relative(folder, path);
  const { variables, warnings } = read(path, shown.startsWith('..') ? path : shown);
  const own = Object.entries(env).filter(([name, value]) => value !== '' || variables[name] === undefined);
  return { env: { ...variables, ...Object.fromEntries(own) }, warnings };
}
