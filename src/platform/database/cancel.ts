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
 * Sends a cancel request on a connection of its own, then closes the client's connection. The connection cannot be reused:
 * the request may arrive after its statement has ended, and would then cancel the next one. pg_cancel_backend() does not
 * work here, because the roles of the pools have no rights over the sessions of the login.
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
