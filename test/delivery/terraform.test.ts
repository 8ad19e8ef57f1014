import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../src/platform/config/config.js';

/* What the Terraform files say of the service is true. test/delivery/terraform.services.ts runs them. */
const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'deploy/terraform/cloudflare');

const filesOf = (path: string): string[] => readdirSync(path).filter((name) => name.endsWith('.tf'));
const textOf = (path: string): string =>
  filesOf(path)
    .map((name) => readFileSync(join(path, name), 'utf8'))
    .join('\n');

const model = textOf(join(folder, 'model'));
const resources = textOf(folder);

const namesOf = (kind: string, text: string): string[] =>
  [...text.matchAll(new RegExp(`^${kind} "(\\w+)"`, 'gm'))].map(([, name]) => name!);

/** Limits are those of an installation that strangers reach. */
const OWN_DATABASE = { DATABASE_URL: 'postgres://db/taskmaster', JWT_SECRET: 'x'.repeat(32) };

describe('deploy/terraform/cloudflare', () => {
  it('decides in a module without providers and resources', () => {
    expect(model).not.toMatch(/^(provider|resource|data|module) |required_providers/m);
    expect(filesOf(join(folder, 'model')).length).toBeGreaterThan(3);
  });

  it('checks every variable of the module that has more values than true and false', () => {
    const blocks = model.split(/^(?=variable ")/m).filter((block) => block.startsWith('variable'));
    const unchecked = blocks.filter((block) => !block.includes('validation {') && !block.includes('= bool'));
    expect([blocks.length, unchecked]).toEqual([namesOf('variable', model).length, []]);
  });

  it('gives the module each of its variables, and uses each of its outputs', () => {
    const given = namesOf('variable', model).filter((name) => !resources.includes(`= var.edge.${name}\n`));
    const used = namesOf('output', model).filter((name) => !resources.includes(`module.model.${name}`));
    expect([given, used]).toEqual([[], []]);
  });

  it('has no secret, and no resource with rules of its own', () => {
    expect(resources).not.toMatch(/api_token\s*=|api_key\s*=|http\.request|ip\.src/);
  });

  it('names paths that the service has', () => {
    const { paths } = JSON.parse(readFileSync(join(root, 'docs/generated/openapi.json'), 'utf8')) as { paths: object };
    const named = [...model.matchAll(/"(\/api\/v1[\w/-]*)/g)].map(([, path]) => path!);
    const known = Object.keys(paths);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !known.some((one) => one === path || one.startsWith(`${path}/`)))).toEqual([]);
    expect(readFileSync(join(root, 'src/platform/http/pages.ts'), 'utf8')).toContain("prefix: '/web/assets/'");
  });

  it('lets the service refuse first, which says why and when to come back', () => {
    const [, api] = /api {2}= optional\(number, (\d+)\)/.exec(model) ?? [];
    expect(Number(api)).toBeGreaterThan(loadConfig(OWN_DATABASE).rateLimits.address);
  });
});
