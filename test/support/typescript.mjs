/**
 * Lets plain Node run the sources: resolves the `.js` of a relative import to its `.ts` and compiles that with SWC. It
 * caches the output beside the dependencies, because tests start the service dozens of times.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { version } = require('@swc/core/package.json');

const options = {
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: true,
};

const cache = fileURLToPath(new URL('../../node_modules/.cache/taskmaster-test', import.meta.url));
const how = hash('sha256', version + JSON.stringify(options));

/** The file that holds the source map of each module, by URL. */
export const sourceMaps = new Map();

function compiled(url) {
  const filename = fileURLToPath(url);
  const source = readFileSync(filename, 'utf8');
  const kept = join(cache, `${hash('sha256', `${how}\n${filename}\n${source}`)}.js`);
  sourceMaps.set(url, `${kept}.map`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  // Loaded for a changed source only: it takes 45 ms, and a run starts some hundred programs.
  const { code, map } = require('@swc/core').transformSync(source, { ...options, filename });
  keep(`${kept}.map`, map);
  keep(kept, code);
  return code;
}

/** An unwritable cache only costs time; another process may read at any moment. */
function keep(file, code) {
  const unfinished = `${file}.${process.pid}`;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, file);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error.code)) throw error;
  }
}

// A worker of Jest loads everything once; storing what it compiled would take longer than the 500 ms that it has to exit.
if (!process.argv[1]?.includes('jest-worker')) enableCompileCache(join(cache, 'v8'));
registerHooks({
  resolve(specifier, context, next) {
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL && !context.parentURL.includes('/node_modules/')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(source)) return next(source.href, context);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!/^file:.*\.ts(\?file=\d+)?$/.test(url)) return next(url, context);
    return { format: 'module', source: compiled(url), shortCircuit: true };
  },
});
