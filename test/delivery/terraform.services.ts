import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { terraformProgram } from '../support/peers/terraform.js';
import { scratchFolder } from '../support/scratch-folder.js';

/*
 * What Terraform says of deploy/terraform/cloudflare. The provider of Cloudflare cannot be had everywhere, so the module that
 * decides has none, and the resources around it are read for their form only.
 */
const root = join(resolve(import.meta.dirname, '../..'), 'deploy/terraform/cloudflare');

let program: string;
let folder: string;

interface Run {
  readonly code: number;
  readonly output: string;
}

/** Without the user's own settings, and without prompting. */
function terraform(args: readonly string[], cwd: string): Promise<Run> {
  const env = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
  return new Promise((done) => {
    execFile(program, args, { cwd, env }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, output: `${out}${err}` }),
    );
  });
}

/** The tests of the module, with one change. */
async function planted(file: string, from: string, to: string): Promise<Run> {
  const copy = join(folder, 'planted');
  await rm(copy, { recursive: true, force: true });
  await cp(join(folder, 'model'), copy, { recursive: true });
  const text = await readFile(join(copy, file), 'utf8');
  if (!text.includes(from)) throw new Error(`nothing to change: ${from}`);
  await writeFile(join(copy, file), text.replace(from, to));
  return terraform(['test', '-no-color'], copy);
}

beforeAll(async () => {
  program = await terraformProgram();
  folder = await scratchFolder('terraform');
  // A copy, because `init` writes into the folder.
  await cp(join(root, 'model'), join(folder, 'model'), { recursive: true });
}, 40 * 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

it('every file is in the form of terraform fmt', async () => {
  expect(await terraform(['fmt', '-check', '-recursive', '-no-color'], root)).toEqual({ code: 0, output: '' });
});

describe('the module that decides', () => {
  it('needs no provider, is valid and passes its tests', async () => {
    const model = join(folder, 'model');
    expect(await terraform(['init', '-no-color'], model)).toMatchObject({ code: 0 });
    expect(await terraform(['validate', '-no-color'], model)).toMatchObject({ code: 0 });
    const { code, output } = await terraform(['test', '-no-color'], model);
    expect([code, /(\d+) passed, 0 failed/.exec(output)?.[1]]).toEqual([0, '29']);
  });

  it.each<[string, string, string, string]>([
    ['that lets everybody in', 'access.tf', '"allow"', '"bypass"'],
    [
      'that lets machines reach PostgreSQL',
      'access.tf',
      'policies         = ["operators"]\n      admits_machines  = false',
      'policies         = ["operators"]\n      admits_machines  = true',
    ],
    ['that bypasses more than health', 'access.tf', '"/api/v1/health"', '"/api/v1"'],
    ['that caches answers of the API', 'rules.tf', 'cache       = false', 'cache       = true'],
    ['that caches more than assets', 'rules.tf', '\\"/web/assets/\\"', '\\"/\\"'],
    [
      'that applies to every hostname',
      'rules.tf',
      '"(${local.on_api} and not ip.src in $taskmaster_allowed)"',
      '"(not ip.src in $taskmaster_allowed)"',
    ],
    ['that counts no address', 'rules.tf', '["cf.colo.id", "ip.src"]', '["cf.colo.id"]'],
    ['that takes any network', 'variables.tf', ' && !endswith(network, "/0")', ''],
    ['that takes public mail providers', 'variables.tf', '"gmail.com", ', ''],
  ])('fails with a model %s', async (_what, file, from, to) => {
    const { code, output } = await planted(file, from, to);
    // Others pass, so it is no mistake of form.
    expect([code, output]).toEqual([1, expect.stringMatching(/[1-9]\d* passed, [1-9]\d* failed/)]);
  });
});
