/** Jest's own packages, resolved from Jest's location: only `jest` itself is a dependency of the project. */
import { createRequire } from 'node:module';

export const jestRequire = createRequire(createRequire(import.meta.url).resolve('jest'));
