/** `@jest/globals` of the file that runs: runtime.mjs loads this module anew for each. */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globalThis;
