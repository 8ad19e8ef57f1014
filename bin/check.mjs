/**
 * `npm run check`: format, lint, types, import rules, generated files current.
 * Every step runs, whatever an earlier one found: one run shows all there is to mend.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root, serviceNode } from './prepare.mjs';

const inRoot = (path) => join(root, path);
const cruised = ['src', 'test', 'bench'].filter((folder) => existsSync(inRoot(folder)));

const steps = [
  { name: 'format', file: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', file: 'node_modules/eslint/bin/eslint.js', args: ['--max-warnings', '0', '.'] },
  { name: 'types', file: 'node_modules/typescript/bin/tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of web', file: 'node_modules/typescript/bin/tsc', args: ['--noEmit', '-p', 'web/tsconfig.json'] },
  {
    name: 'import rules',
    file: 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', ...cruised],
  },
  { name: 'generated files', file: 'bin/generate.mjs', args: ['--check'] },
];

/** Runs one tool and keeps what it says, so that steps that run side by side do not interleave. */
function run(step) {
  const started = performance.now();
  return new Promise((done) => {
    const child = spawn(serviceNode(), [inRoot(step.file), ...step.args], { cwd: root, env: process.env });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => done({ ...step, failed: true, output: error.message }));
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      done({ ...step, failed: code !== 0, output, seconds });
    });
  });
}

/** Two at a time: lint and types are bound by the processor, and the machine that checks may have two cores. */
async function runAll(waiting) {
  const results = [];
  const runWaiting = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await run(step);
      results.push(result);
      console.log(`${result.failed ? 'FAIL' : 'ok  '}  ${result.name} (${result.seconds ?? '?'} s)`);
      if (result.failed) console.log(result.output.trimEnd());
    }
  };
  await Promise.all([runWaiting(), runWaiting()]);
  return results;
}

// Without a build: what does not compile is a finding beside the others, not the end of the run.
await prepare();
const failed = (await runAll([...steps])).filter((result) => result.failed);
if (failed.length > 0) {
  console.error(
    `check: ${failed.length} of ${steps.length} steps failed: ${failed.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = 1;
} else {
  console.log(`check: all ${steps.length} steps passed`);
}
