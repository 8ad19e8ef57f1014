/** The environment of a test is the worker itself: see runtime.mjs. */
import { jestRequire } from './packages.mjs';

const { ModernFakeTimers } = jestRequire('@jest/fake-timers');
const { ModuleMocker } = jestRequire('jest-mock');
// `jest.setTimeout` of one file would hold for every file after it.
const TEST_TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

// A worker normally exits when its event loop is empty, and Node then tears its heap down. That can take longer than
// the 500 ms after which Jest kills the worker and reports a leak. This skips the teardown and keeps the exit code.
process.once('exit', () => process.exit());

export default class WorkerEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimersModern;
  #before = { console: globalThis.console, exit: process.exit, stackTraceLimit: Error.stackTraceLimit };

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  /** Restores what Jest replaces for each file. */
  async teardown() {
    this.fakeTimersModern.dispose();
    delete globalThis[TEST_TIMEOUT];
    globalThis.console = this.#before.console;
    process.exit = this.#before.exit;
    Error.stackTraceLimit = this.#before.stackTraceLimit;
  }

  /** Jest asks for it; only its own module loader would use it. */
  getVmContext() {
    return null;
  }
}
