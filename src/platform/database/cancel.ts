import pg from 'pg';
import { backendOf, wireOf } from './pg-wire.js';

interface CancelWire {
  connect(port: number, host: string): void;
  on(event: string, listener: () => void): void;
  cancel(processID: number, secretKey: number): void;
  readonly stream: { destroy(): void };
}

const CANCEL_DEADLINE_MS = 1_000;

/**
 * Asks the server over a short connection of its own to stop what the client runs, then ends the client's connection.
 * The connection has to go: the request may arrive after the statement ended and would then hit the next one.
 * pg_cancel_backend() is no way here, because the pools' roles have no right over the login's sessions.
 */
export function cancelAndDestroy(client: pg.Client): void {
  const wire = new pg.Connection() as unknown as CancelWire;
  const { processID, secretKey } = backendOf(client);
  const finish = (): void => {
    clearTimeout(deadline);
    wire.stream.destroy();
    wireOf(client).stream.destroy();
  };
  const deadline = setTimeout(finish, CANCEL_DEADLINE_MS);
  wire.on('connect', () => wire.cancel(processID, secretKey));
  wire.on('error', finish);
  wire.on('end', finish);
  wire.connect(client.port, client.host);
}
