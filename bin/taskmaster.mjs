#!/usr/bin/env node
/** `npx taskmaster`: the command line. With a build there it starts at once, without looking at packages or sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchCommand } from './launch.mjs';
import { prepare, root, serviceNode } from './prepare.mjs';

const cli = join(root, 'dist', 'cli.js');

if (!existsSync(cli)) await prepare({ build: true });
if (serviceNode() === process.execPath) {
  process.argv[1] = cli;
  await import(pathToFileURL(cli).href);
} else {
  launchCommand(['--enable-source-maps', cli, ...process.argv.slice(2)]);
}
