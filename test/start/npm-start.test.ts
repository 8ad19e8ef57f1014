import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../../src/platform/embedded/ports.js';
import { isAlive } from '../../src/platform/embedded/processes.js';
import { scratchFolder } from '../support/scratch-folder.js';
import { eventually, killServer, serverPid } from './program.js';

const ROOT = join(import.meta.dirname, '../..');
const CONFIGURATION =
  /^(DB_|DATABASE_URL|JWT_|REFRESH_|API_|METRICS_|PROMETHEUS_|CORS_|TASKMASTER_|CLOUDFLARE_|NODE_ENV|npm_)/;
const NPM_START = ['npm', 'start', '--silent'];
/** What the script of `npm start` runs. */
const START = [process.execPath, 'bin/start.mjs'];
/** What `npx taskmaster serve` runs. */
const SERVE = [process.execPath, join(ROOT, 'bin/taskmaster.mjs'), 'serve'];
/** Compiling some 1,500 modules of the service takes 0.4 s of each start. */
const COMPILED = join(ROOT, 'node_modules/.cache/taskmaster-start');

// Upper bounds for a busy machine, not expected durations.
jest.setTimeout(240_000);

let base: string;
let dataDir: string;
let apiPort: number;
let metricsPort: number;
const running: Command[] = [];

class Command {
  readonly exited: Promise<number | null>;
  out = '';
  err = '';
  private readonly child: ChildProcess;

  /** A start that npm adds nothing to may do without it: npm itself takes 0.8 s of processor time. */
  constructor(settings: Record<string, string> = {}, [file, ...args]: readonly string[] = NPM_START, cwd = ROOT) {
    const inherited = Object.entries(process.env).filter(([name]) => !CONFIGURATION.test(name));
    const own = { TASKMASTER_DATA: dataDir, API_PORT: String(apiPort), METRICS_PORT: String(metricsPort) };
    this.child = spawn(file!, args, {
      cwd,
      // A clone may have a .env of its own.
      env: {
        ...{ ...Object.fromEntries(inherited), NODE_COMPILE_CACHE: COMPILED, TASKMASTER_ENV_FILE: '/dev/null' },
        ...own,
        ...settings,
      },
      // A separate process group, to kill npm and its children together.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (this.out += chunk));
    this.child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (this.err += chunk));
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
    running.push(this);
  }

  async ready(): Promise<string> {
    const ended = this.exited.then((code) => Promise.reject(new Error(`npm start ended with ${code}: ${this.err}`)));
    return Promise.race([eventually(() => this.out.includes('TaskMaster is ready') && this.out), ended]);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  killGroup(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch (error) {
      // No process of the group is left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Cleans up after a failed test. */
async function clear(): Promise<void> {
  for (const command of running.splice(0)) command.killGroup();
  await killService();
  await killServer(dataDir, 'SIGQUIT');
}

function servicePid(): number {
  return (JSON.parse(readFileSync(join(dataDir, 'lock.json'), 'utf8')) as { pid: number }).pid;
}

async function killService(): Promise<void> {
  if (!existsSync(join(dataDir, 'lock.json'))) return;
  const pid = servicePid();
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await eventually(() => !isAlive(pid));
}

interface FirstRun {
  readonly url: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  readonly apiKey: string;
  readonly databaseUrl: string;
}

async function firstRun(): Promise<FirstRun> {
  return JSON.parse(await readFile(join(dataDir, 'first-run.json'), 'utf8')) as FirstRun;
}

async function api(path: string, body?: unknown): Promise<{ status: number; data: unknown }> {
  const { apiKey } = await firstRun();
  const response = await fetch(`http://127.0.0.1:${apiPort}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, data: ((await response.json()) as { data: unknown }).data };
}

beforeAll(async () => {
  // Built before, so that a start is not waited for as long as a compiler may take on a busy machine.
  const build = `await (await import('./bin/prepare.mjs')).prepare({ build: true })`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', build], { cwd: ROOT, stdio: 'pipe' });
  base = await scratchFolder('npm-start');
  dataDir = join(base, 'data');
  [apiPort, metricsPort] = [await freePort(), await freePort()];
});

afterAll(async () => {
  await clear();
  await rm(base, { recursive: true, force: true });
});

// All tests share one data folder; each starts where the previous one ended.
describe('npm start', () => {
  let command: Command;

  it('serves, shows the first admin once and leaves nothing running when it stops', async () => {
    command = new Command();
    const banner = await command.ready();
    const first = await firstRun();

    expect(Object.keys(first).sort()).toEqual(['adminEmail', 'adminPassword', 'apiKey', 'databaseUrl', 'url']);
    expect((await stat(join(dataDir, 'first-run.json'))).mode & 0o777).toBe(0o600);
    for (const shown of [`${first.url}/api/v1`, first.adminEmail, first.adminPassword, first.apiKey]) {
      expect(banner).toContain(shown);
    }
    expect((await api('/tasks', { title: 'Written before the first stop' })).status).toBe(201);

    const [service, server] = [servicePid(), serverPid(dataDir)!];
    expect(await command.stop()).toBe(0);
    expect([isAlive(service), isAlive(server)]).toEqual([false, false]);
  });

  it('finds its data again and does not print the credentials', async () => {
    command = new Command();
    const banner = await command.ready();
    const { adminPassword, apiKey } = await firstRun();

    expect(banner).not.toContain(adminPassword);
    expect(banner).not.toContain(apiKey);
    expect((await api('/tasks')).data).toMatchObject([{ title: 'Written before the first stop' }]);
  });

  it('serves pages that load only its own files', async () => {
    const base = `http://127.0.0.1:${apiPort}`;
    for (const path of ['/', '/docs', '/graphql']) {
      const page = await fetch(`${base}${path}`, { headers: { accept: 'text/html,*/*' } });
      expect([path, page.status, page.headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8']);
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
      const loaded = [...(await page.text()).matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+)"/g)];
      expect(loaded.length).toBeGreaterThan(0);
      for (const [, file = ''] of loaded) {
        const { status, url } = await fetch(new URL(file, base));
        expect([file, status, url.startsWith(`${base}/web/assets/`)]).toEqual([file, 200, true]);
      }
    }
  });

  it('reports in one sentence that another service uses its data', async () => {
    const ports = { API_PORT: String(await freePort()), METRICS_PORT: String(await freePort()) };
    const second = new Command(ports, START);

    expect(await second.exited).toBe(1);
    expect(second.err).toBe(
      `Another TaskMaster (process ${servicePid()}) already uses the data folder ${dataDir}; ` +
        'stop it first or set TASKMASTER_DATA to another folder.\n',
    );
    expect((await api('/tasks')).status).toBe(200);
  });

  it('keeps serving when PostgreSQL is killed, with every acknowledged write', async () => {
    const service = servicePid();
    expect((await api('/tasks', { title: 'Acknowledged before the kill' })).status).toBe(201);

    await killServer(dataDir);
    await eventually(async () => (await api('/tasks')).status === 200);
    expect((await api('/tasks')).data).toHaveLength(2);
    expect(servicePid()).toBe(service);
  });

  it('adopts the PostgreSQL that a killed service left behind', async () => {
    const server = serverPid(dataDir);
    await killService();
    expect(await command.exited).toBe(137);

    const next = new Command();
    await next.ready();
    expect(serverPid(dataDir)).toBe(server);
    expect((await api('/tasks')).data).toHaveLength(2);
    expect(await next.stop('SIGINT')).toBe(0);
  });

  it('leaves nothing running when stopped during its start', async () => {
    command = new Command({}, START);
    const service = await eventually(() => existsSync(join(dataDir, 'lock.json')) && servicePid());
    await command.stop();

    await eventually(() => !isAlive(service));
    const server = serverPid(dataDir);
    expect(server === null || !isAlive(server)).toBe(true);
  });

  it('reports in one sentence that its port is taken, before it starts anything', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    command = new Command({ API_PORT: String(port) });

    expect(await command.exited).toBe(1);
    holder.close();
    expect(command.err).toBe(`Port ${port} is taken by another program; stop it or set API_PORT to another port.\n`);
    expect(existsSync(join(dataDir, 'lock.json'))).toBe(false);
  });

  it('reports every invalid setting in a separate sentence', async () => {
    command = new Command({ API_PORT: 'many', DB_POOL_MAX: '-1' }, START);
    expect(await command.exited).toBe(1);
    expect(command.err).toMatch(/API_PORT/);
    expect(command.err).toMatch(/DB_POOL_MAX/);
    expect(command.err).not.toMatch(/^\s+at /m);
  });

  it('reads the file of variables that it is given, and refuses it line by line', async () => {
    const file = join(base, 'broken.env');
    await writeFile(file, 'API_PORT: 3000\n', { mode: 0o600 });
    command = new Command({ TASKMASTER_ENV_FILE: file }, START);
    expect(await command.exited).toBe(1);
    expect(command.err).toBe(`${file}, line 1, is not NAME=value.\n`);
  });
});

describe('taskmaster serve', () => {
  it('refuses the environment of the design document, pasted into .env, with a sentence for each reason', async () => {
    const folder = join(base, 'pasted');
    await mkdir(folder);
    await copyFile(join(ROOT, 'test/fixtures/documents/taskmaster-database.env'), join(folder, '.env'));
    const command = new Command({ TASKMASTER_ENV_FILE: '' }, SERVE, folder);
    expect(await command.exited).toBe(1);
    const sentences = command.err
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('.env holds'));
    const named = sentences.map((sentence) => sentence.split(' ', 1)[0]);
    expect(named).toEqual([
      'JWT_SECRET',
      'CLOUDFLARE_PROXY_ENABLED',
      'CLOUDFLARE_TUNNEL_ID',
      'CLOUDFLARE_TEAM_DOMAIN',
      'CLOUDFLARE_ACCESS_AUD',
    ]);
  });

  it('takes what the environment lacks from .env of the folder in which it runs', async () => {
    const folder = join(base, 'own');
    await mkdir(folder);
    const port = await freePort();
    await writeFile(join(folder, '.env'), `API_PORT=${port}\nMETRICS_PORT=1\n`, { mode: 0o600 });
    const command = new Command({ TASKMASTER_ENV_FILE: '', API_PORT: '' }, SERVE, folder);
    expect(await command.ready()).toContain(`http://127.0.0.1:${port}`);
    expect(await command.stop()).toBe(0);
  });
});
