/**
 * Jest's Node environment, in a worker that ends at once. A worker leaves when its event loop is empty, and Node then
 * takes its heap apart piece by piece: 900 MB of modules take longer than the 500 ms after which Jest kills the worker and
 * reports a leak.
 */
import { createRequire } from 'node:module';

const { TestEnvironment } = createRequire(createRequire(import.meta.url).resolve('jest'))('jest-environment-node');

// In the `exit` handler this skips the teardown and keeps the exit code.
process.once('exit', () => process.exit());

export default TestEnvironment;
