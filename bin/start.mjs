/** `npm start`: on a bare clone installs and builds first, then serves. */
import { join } from 'node:path';
import { launchService } from './launch.mjs';
import { prepare, root } from './prepare.mjs';

await prepare({ build: true });
launchService([join(root, 'dist', 'main.js'), ...process.argv.slice(2)]);
