import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settings } from '../../src/platform/config/settings.js';
import { runCli } from '../support/cli.js';
import type { Compose } from './policies/compose.js';
import { parseYaml } from './policies/yaml.js';

/*
 * docs/from-the-document.md tells readers of the design document what to type. What it names of ours exists.
 * Seen to fail, naming it: a script, a command, a profile, a route, a file, a log and a variable that do not exist.
 */
const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The column "Today" of the commands, and everything outside of the tables; never what the document itself says. */
const ours = read('docs/from-the-document.md')
  .split('\n')
  .map((line) => (line.startsWith('|') ? line.split('|').slice(2).join('|') : line))
  .join('\n');
const code = [...ours.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
const found = (pattern: RegExp): string[] => [
  ...new Set(code.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))),
];

const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
const routes = Object.keys((JSON.parse(read('docs/generated/openapi.json')) as { paths: object }).paths);
const { services } = parseYaml(read('docker-compose.yml')) as Compose & {
  services: Record<string, { profiles?: string[] }>;
};

describe('the page for readers of the design document', () => {
  it.each(found(/^npm (?:run )?([a-z:]+)/g))('names a script of npm that exists: %s', (name) => {
    expect([...scripts, 'ci', 'install']).toContain(name);
  });

  it.each(found(/npx taskmaster ([a-z-]+)/g))('names a command that exists: %s', async (name) => {
    // The help of an unknown command is that of the program, with the same exit code.
    expect((await runCli([name, '--help'], { env: {} })).out).toMatch(new RegExp(`^Usage: taskmaster ${name}\\b`));
  });

  it.each(found(/docker compose logs (\S+)/g))('names a service of compose that exists: %s', (name) => {
    expect(Object.keys(services)).toContain(name);
  });

  it.each(found(/--profile (\S+)/g))('names a profile of compose that exists: %s', (name) => {
    expect(Object.values(services).flatMap(({ profiles = [] }) => profiles)).toContain(name);
  });

  it.each(found(/(\/api\/v1\/[a-z/-]+)/g))('names a route that exists: %s', (path) => {
    expect(routes).toContain(path);
  });

  it.each(found(/((?:migrations|cloudflared|deploy|docs|monitoring)\/[\w./-]*)/g))(
    'names a file that exists: %s',
    (path) => {
      // An operator renders the files of cloudflared into /etc/cloudflared under their own names.
      expect(existsSync(join(root, path))).toBe(true);
    },
  );

  it.each(found(/\.taskmaster-data\/(\S+\.log)/g))('names a log that is written: %s', (name) => {
    expect(read('src/platform/embedded/data-folder.ts') + read('src/service.ts')).toContain(`'${name}'`);
  });

  it.each(found(/^([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=\S+)?$/g))('names a variable that exists: %s', (name) => {
    expect(Object.keys(settings)).toContain(name);
  });

  it('has an answer for every command of the document', () => {
    const commands = ['psql', 'cloudflared', 'npm', 'kubectl', './database-backup.sh', 'curl', 'tail', 'df'];
    const rows = read('docs/from-the-document.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    for (const command of commands) {
      const answers = rows.filter((row) => row.startsWith(`| \`${command}`)).map((row) => row.split('|')[2]?.trim());
      expect([command, answers.length > 0, answers.includes('')]).toEqual([command, true, false]);
    }
  });
});
