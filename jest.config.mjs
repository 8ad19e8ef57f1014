/** Which suites run, and how a worker loads them: test/support/jest. */
import { readdirSync, readFileSync } from 'node:fs';

/** Which files run: those of `npm test`, of `npm run test:services` or of `npm run test:invariants`. */
function testMatch() {
  if (process.env.TEST_SERVICES === '1') return ['**/*.services.ts'];
  if (process.env.TEST_INVARIANTS === '1') return scaledSuites();
  return ['**/*.test.ts'];
}

/** Derived from the imports, so that no suite with a second scale is forgotten. */
function scaledSuites() {
  const test = new URL('test/', import.meta.url);
  return readdirSync(test, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => readFileSync(new URL(file, test), 'utf8').includes('/support/thoroughness.js'))
    .map((file) => `<rootDir>/test/${file}`);
}

export default {
  // Node loads and SWC compiles the sources (test/support/typescript.mjs): Jest transforms nothing.
  runtime: '<rootDir>/test/support/jest/runtime.mjs',
  testEnvironment: '<rootDir>/test/support/jest/environment.mjs',
  transform: {},
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: testMatch(),
  globalSetup: '<rootDir>/test/support/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest/global-teardown.mjs',
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/jest/sequencer.mjs',
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
};
