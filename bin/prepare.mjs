/**
 * What every command needs before it can run: packages as the lock file has them and, for those that run the service,
 * a build of the sources as they are. Written for the oldest supported Node, with nothing installed yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST = [20, 19];
const SERVICE_MAJOR = 24;

/** What is built: from which files, into which folder, by which program. */
const BUILDS = [
  {
    into: 'dist',
    sources: ['src'],
    settings: ['nest-cli.json', 'package-lock.json', 'tsconfig.build.json', 'tsconfig.json'],
    command: serviceBuild,
  },
  { into: 'web/dist', sources: ['web'], settings: ['package-lock.json'], command: pagesBuild },
];

/** Installs what is missing and, with `build`, compiles what is stale; ends the process with one sentence if it cannot. */
export async function prepare({ build = false } = {}) {
  requireNode();
  if (!isInstalled()) install();
  if (build) BUILDS.forEach(buildIfStale);
}

/** The Node that runs the service: this one when it is new enough, else the one that npm installed. */
export function serviceNode() {
  const installed = join(root, 'node_modules', '.bin', 'node');
  return majorOf(process.versions.node) < SERVICE_MAJOR && existsSync(installed) ? installed : process.execPath;
}

/** For what the older Node versions cannot run; where npm has no Node for this platform, the operator needs one. */
export function requireServiceNode() {
  if (serviceNode() !== process.execPath || majorOf(process.versions.node) >= SERVICE_MAJOR) return;
  fail(`This needs Node ${SERVICE_MAJOR} or newer, and this is Node ${process.versions.node}.`);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  fail(`TaskMaster needs Node ${OLDEST.join('.')} or newer, and this is Node ${process.versions.node}.`);
}

/**
 * Compares what npm noted about its last complete install with the lock file. Times of files say nothing: a checkout
 * renews them, and an install that was interrupted leaves a folder without the note.
 */
function isInstalled() {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = packagesOf(note);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    // Packages for other platforms are optional and not there.
    return found ? found.version === wanted.version : Boolean(wanted.optional || wanted.devOptional);
  });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

function install() {
  say('Installing packages (this is done once) …');
  // NODE_ENV=production would leave out the compiler.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const byScript = npm && /\.c?js$/.test(npm) && existsSync(npm);
  const result = byScript
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 'inherit'] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 'inherit'], shell: process.platform === 'win32' });
  if (result.error) fail(`npm could not be started (${result.error.message}); run npm ci by hand.`);
  if (result.status !== 0) fail('npm ci did not succeed; what it said is above.');
}

function buildIfStale(wanted) {
  // The image has the results alone, and a service without pages still serves.
  if (!wanted.sources.every((folder) => existsSync(join(root, folder)))) return;
  const stamp = stampOf(wanted);
  const note = join(root, wanted.into, '.stamp');
  if (existsSync(note) && readFileSync(note, 'utf8') === stamp) return;
  say(`Building ${wanted.into} …`);
  if (!build(wanted, stamp)) fail('The build did not succeed; what the compiler said is above.');
}

/**
 * Builds beside and swaps, because a test run and a start may build at the same moment, and what a build that failed
 * or was interrupted leaves must not be taken for a service.
 */
function build({ into, command }, stamp) {
  const folder = mkdtempSync(join(root, 'node_modules', '.taskmaster-build-'));
  try {
    const { status } = spawnSync(serviceNode(), command(folder), { cwd: root, stdio: ['ignore', 2, 'inherit'] });
    if (status !== 0) return false;
    writeFileSync(join(folder, 'dist', '.stamp'), stamp);
    replace(join(root, into), folder);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function serviceBuild(folder) {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { outDir: join(folder, 'dist') };
  writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.build.json'), compilerOptions }));
  return [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', '--path', relative(root, config)];
}

function pagesBuild(folder) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  return [vite, 'build', 'web', '--outDir', join(folder, 'dist'), '--logLevel', 'warn'];
}

function replace(built, folder) {
  for (let attempt = 1; ; attempt += 1) {
    if (existsSync(built)) tryRename(built, join(folder, `old-${attempt}`), 'ENOENT');
    // Another build may have placed its own in between.
    if (tryRename(join(folder, 'dist'), built, 'ENOTEMPTY')) return;
  }
}

function tryRename(from, to, tolerated) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error.code === tolerated) return false;
    throw error;
  }
}

/** A digest of everything the build reads, so that only a change of content makes it stale. */
function stampOf({ sources, settings }) {
  const digest = createHash('sha256');
  for (const path of [...settings, ...sources.flatMap(filesIn)]) {
    digest
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return digest.digest('hex');
}

function filesIn(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).filter(({ name }) => name !== 'dist');
  const found = entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(path) : [path];
  });
  return found.filter((path) => !path.endsWith('.test.ts')).sort();
}

function majorOf(version) {
  return Number(version.split('.')[0]);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}
