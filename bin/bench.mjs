/** `npm run bench`: on a bare clone installs and builds first, then measures; its arguments are those of bench/run.mjs. */
import { launchCommand } from './launch.mjs';
import { prepare, requireServiceNode, root } from './prepare.mjs';

const args = process.argv.slice(2);

await prepare({ build: !args.some((argument) => argument.startsWith('--dist')) });
requireServiceNode();
launchCommand(['bench/run.mjs', ...args], { env: process.env, cwd: root });
