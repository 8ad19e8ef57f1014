/**
 * Loads tests with Node's module loader. Jest's loader loads every module again for each file, in a separate context, which
 * took twice as long (docs/decisions/0027-test-modules-are-shared.md). Here a worker loads a source file once, so the next test
 * file sees what a test file leaves behind in a module or in a global.
 */
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { sourceMaps } from '../typescript.mjs';
import { jestRequire } from './packages.mjs';

const { default: JestRuntime } = jestRequire('jest-runtime');
const require = createRequire(import.meta.url);
const GLOBALS = new URL('globals.mjs', import.meta.url).href;

let files = 0;

registerHooks({
  resolve(specifier, context, next) {
    return specifier === '@jest/globals'
      ? { url: GLOBALS, format: 'module', shortCircuit: true }
      : next(specifier, context);
  },
});

export default class NativeRuntime extends JestRuntime {
  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** A file that a worker runs twice is two modules. */
  async unstable_importModule(file) {
    files += 1;
    globalThis.jest = this.jestGlobals.jestObjectFor(file);
    return import(`${pathToFileURL(file)}?file=${files}`);
  }

  getSourceMaps() {
    return sourceMaps;
  }

  /** Jest's frame around one file keeps the state of that file in module scope. */
  requireInternalModule(file) {
    delete require.cache[file];
    return require(file);
  }
}
