import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assertPortFree, freePort, isPortFree } from './ports.js';
import { StartupProblem } from '../faults/startup-problem.js';

const holder = createServer();
let taken: number;

beforeEach(async () => {
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  taken = (holder.address() as AddressInfo).port;
});

afterEach(() => {
  holder.close();
});

describe('assertPortFree', () => {
  it('names the port and the variable when another program has it', async () => {
    const sentence = `Port ${taken} is taken by another program; stop it or set METRICS_PORT to another port.`;
    await expect(assertPortFree('127.0.0.1', taken, 'METRICS_PORT')).rejects.toEqual(new StartupProblem(sentence));
  });

  it('says so when the address is not of this machine', async () => {
    await expect(assertPortFree('192.0.2.1', taken)).rejects.toThrow('cannot be opened (EADDRNOTAVAIL)');
  });

  it('gives the port back that it tried', async () => {
    const port = await freePort();
    await assertPortFree('127.0.0.1', port);
    expect(await isPortFree(port)).toBe(true);
  });
});

describe('freePort', () => {
  it('stays below the ports that systems give to outgoing connections', async () => {
    expect(await freePort()).toBeLessThan(32_768);
  });
});
