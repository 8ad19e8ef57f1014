import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StartupProblem } from '../faults/startup-problem.js';

export const LOOPBACK = '127.0.0.1';

/**
 * Finds a free port below the ephemeral range. Inside that range, a client that reconnects while the server is down could be
 * given the port of the server as its own.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if ((await explainBusyPort(LOOPBACK, port)) === null) return port;
  }
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await explainBusyPort(LOOPBACK, port)) === null;
}

/** Runs before anything is started, so that a port in use is one error message and not a half-started service. */
export async function assertPortFree(host: string, port: number, variable = 'API_PORT'): Promise<void> {
  const reason = await explainBusyPort(host, port);
  if (reason === null) return;
  if (reason === 'EADDRINUSE') {
    throw new StartupProblem(`Port ${port} is taken by another program; stop it or set ${variable} to another port.`);
  }
  if (reason === 'EACCES') {
    throw new StartupProblem(`Port ${port} may not be opened by this user; set ${variable} to a port above 1023.`);
  }
  throw new StartupProblem(`Port ${port} on ${host} cannot be opened (${reason}); check ${variable}.`);
}

function explainBusyPort(host: string, port: number): Promise<string | null> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => answer(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => answer(null)));
  });
}
