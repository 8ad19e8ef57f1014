/** Tests and sources are TypeScript in ESM; SWC compiles both, with decorator metadata, so a test never meets a stale build. */
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
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: testMatch(),
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
};
