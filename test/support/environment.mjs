/**
 * Jest's Node environment, in a worker that exits at once. A worker normally exits when its event loop is empty, and
 * Node then tears its heap down: with 900 MB of modules that takes longer than the 500 ms after which Jest kills the
 * worker and reports a leak.
 */
import { createRequire } from 'node:module';

const { TestEnvironment } = createRequire(createRequire(import.meta.url).resolve('jest'))('jest-environment-node');

// In the `exit` handler this skips the teardown and keeps the exit code.
process.once('exit', () => process.exit());

export default TestEnvironment;
