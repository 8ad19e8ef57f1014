/** The service, run from its sources, as a process that can be killed. */
import '../support/typescript.mjs';

await import('../../src/main.ts');
