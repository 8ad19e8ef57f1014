/** `npm test`: on a bare clone installs first, then runs Jest; its own arguments are Jest's, except `--services`. */
import { launchCommand } from './launch.mjs';
import { prepare, requireServiceNode, root } from './prepare.mjs';

const args = process.argv.slice(2);
const env = { ...process.env };
if (args.includes('--services')) env.TEST_SERVICES = '1';

await prepare();
// Jest can load the ECMAScript modules of this stack only from this version on.
requireServiceNode();
// It does so through an interface of Node that warns about itself.
const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
launchCommand([...jest, ...args.filter((argument) => argument !== '--services')], { env, cwd: root });
