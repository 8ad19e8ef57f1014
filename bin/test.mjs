/** `npm test`: on a bare clone installs first, then runs Jest; its arguments are Jest's, except `--services` and `--invariants`. */
import { launchCommand } from './launch.mjs';
import { prepare, requireServiceNode, root } from './prepare.mjs';

const VARIABLES = { '--services': 'TEST_SERVICES', '--invariants': 'TEST_INVARIANTS' };

const args = process.argv.slice(2);
const env = { ...process.env };
for (const [option, variable] of Object.entries(VARIABLES)) if (args.includes(option)) env[variable] = '1';

await prepare();
requireServiceNode();
launchCommand(['node_modules/jest/bin/jest.js', ...args.filter((argument) => !(argument in VARIABLES))], {
  env,
  cwd: root,
});
