import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asMyself, firstClosedFolder, runAs } from './postgres-user.js';

const me = { name: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const stranger = { name: 'stranger', uid: 4_000_001, gid: 4_000_001 };
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(await realpath(tmpdir()), 'taskmaster-home-'));
  await mkdir(join(home, 'clone'), { mode: 0o755 });
});

afterEach(() => rm(home, { recursive: true }));

describe('firstClosedFolder', () => {
  it('names the folder on the way that another user may not enter', async () => {
    await chmod(home, 0o700);
    expect(await firstClosedFolder(stranger, [join(home, 'clone', 'pg')])).toBe(home);
  });

  it('lets the owner in, and the group where its bit says so', async () => {
    await chmod(home, 0o710);
    expect(await firstClosedFolder(me, [join(home, 'clone', 'pg')])).toBeNull();
    expect(await firstClosedFolder({ ...stranger, gid: me.gid }, [join(home, 'clone', 'pg')])).toBeNull();
  });

  it('needs no right to read a folder, only to walk through', async () => {
    await chmod(home, 0o711);
    expect(await firstClosedFolder(stranger, [join(home, 'clone', 'pg')])).toBeNull();
  });
});

describe('runAs', () => {
  it('changes nothing for an ordinary user', async () => {
    expect(await runAs(null, [join(home, 'clone', 'pg')])).toBe(asMyself);
  });
});
