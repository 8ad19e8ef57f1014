/** The command line from its sources, so that tests never run a stale build. */
import '../support/typescript.mjs';

await import('../../src/cli.ts');
