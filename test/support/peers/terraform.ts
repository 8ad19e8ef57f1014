import { execFile } from 'node:child_process';
import { access, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const MODULE = join(import.meta.dirname, 'tofu');

/**
 * `terraform`, `tofu`, or an OpenTofu that Go builds once into the cache: neither has a Debian or an npm package. The build
 * took 17 minutes on a busy machine of two processors, and two gigabytes that are given back.
 */
export async function terraformProgram(): Promise<string> {
  for (const name of ['terraform', 'tofu']) {
    const found = await onPath(name);
    if (found !== null) return found;
  }
  const version = /opentofu\/opentofu v([\d.]+)/.exec(await readFile(join(MODULE, 'go.mod'), 'utf8'))?.[1];
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taskmaster');
  const program = join(cache, `tofu-${version}`);
  if (!(await exists(program))) await build(program);
  return program;
}

async function build(program: string): Promise<void> {
  if ((await onPath('go')) === null) {
    throw new Error('This suite needs terraform or tofu on the PATH, or Go 1.25.6 to build OpenTofu with.');
  }
  const folder = `${program}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  // Go completes go.mod where it builds.
  for (const file of ['go.mod', 'tools.go']) await copyFile(join(MODULE, file), join(folder, file));
  // Files of Go's module cache cannot be removed without -modcacherw.
  const env = { ...process.env, GOPATH: join(folder, 'path'), GOCACHE: join(folder, 'cache'), GOFLAGS: '-modcacherw' };
  const target = 'github.com/opentofu/opentofu/cmd/tofu';
  await promisify(execFile)('go', ['build', '-mod=mod', '-o', 'tofu', target], { cwd: folder, env });
  await rename(join(folder, 'tofu'), program);
  await rm(folder, { recursive: true });
}

async function onPath(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await exists(path))) return path;
  }
  return null;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
