/**
 * Loads tests with Node's own module loader. Jest's loads every module anew for each file, in a context of its own, which
 * took twice as long (docs/decisions/0027-test-modules-are-shared.md). Here a worker loads a source file once: what a test
 * file leaves behind in a module or in a global, the next one meets.
 */
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { sourceMaps } from '../typescript.mjs';
import { jestRequire } from './packages.mjs';

const { default: JestRuntime } = jestRequire('jest-runtime');
const require = createRequire(import.meta.url);
const GLOBALS = new URL('globals.mjs', import.meta.url).href;

let files = 0;

// Each test file is a module of its own even if it runs twice, with the `@jest/globals` of its run.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== '@jest/globals') return next(specifier, context);
    return { url: `${GLOBALS}?file=${files}`, format: 'module', shortCircuit: true };
  },
});

export default class NativeRuntime extends JestRuntime {
  unstable_shouldLoadAsEsm() {
    return true;
  }

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
