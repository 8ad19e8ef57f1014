/** `npm test`: on a bare clone installs first, then runs Jest; its arguments are Jest's, except `--services` and `--invariants`. */
import { launchCommand } from './launch.mjs';
import { prepare, requireServiceNode, root } from './prepare.mjs';

const VARIABLES = { '--services': 'TEST_SERVICES', '--invariants': 'TEST_INVARIANTS' };

const args = process.argv.slice(2);
const env = { ...process.env };
for (const [option, variable] of Object.entries(VARIABLES)) if (args.includes(option)) env[variable] = '1';

await prepare();
// Jest can load the ECMAScript modules of this stack only from this version on.
requireServiceNode();
// It does so through an interface of Node that warns about itself.
const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
launchCommand([...jest, ...args.filter((argument) => !(argument in VARIABLES))], { env, cwd: root });
