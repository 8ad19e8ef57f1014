/**
 * `npm run generate` writes the files that are made from the code; with --check it writes nothing and fails when one
 * is stale. The generator itself is TypeScript (src/generate.ts): it reads the same definitions the service serves.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prepare } from './prepare.mjs';

const root = resolve(import.meta.dirname, '..');
const shipped = join(root, 'node_modules/.bin/node');

await prepare({ build: true });
const node = existsSync(shipped) ? shipped : process.execPath;
const generator = join(root, 'dist/generate.js');
const result = spawnSync(node, ['--enable-source-maps', generator, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = result.status ?? 1;
