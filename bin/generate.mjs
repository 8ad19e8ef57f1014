/**
 * `npm run generate` writes the files that are made from the code; with --check it writes nothing and fails when one
 * is stale. The generator itself is TypeScript (src/generate.ts): it reads the same definitions the service serves.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root, serviceNode } from './prepare.mjs';

await prepare({ build: true });
const generator = join(root, 'dist/generate.js');
const result = spawnSync(serviceNode(), ['--enable-source-maps', generator, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = result.status ?? 1;
