/** The command line from its sources, so that its tests meet no stale build. */
import '../support/typescript.mjs';

await import('../../src/cli.ts');
