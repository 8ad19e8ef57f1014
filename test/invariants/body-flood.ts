import { connect } from 'node:net';
import { once } from 'node:events';

const PIECE = Buffer.alloc(64 * 1024, ' ');
const CHUNK = Buffer.concat([Buffer.from(`${PIECE.length.toString(16)}\r\n`), PIECE, Buffer.from('\r\n')]);

/** One request with a large body. */
export interface LargeRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly isChunked: boolean;
}

/** How a request ended: with the status and code of its answer (0 and the error of the connection without one), and the bytes that were sent. */
export interface FloodAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly sent: number;
}

function headOf({ path, headers = {}, bytes, isChunked }: LargeRequest): string {
  const length = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes) };
  const lines = Object.entries({ host: 'localhost', 'content-type': 'application/json', ...length, ...headers });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Sends a body as fast as the service takes it, on a connection of its own, until the service closes the connection. */
export async function sendLargeBody(url: string, request: LargeRequest): Promise<FloodAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  let sent = 0;
  let failure: string | undefined;
  const closed = new Promise<void>((resolve) => {
    socket.on('data', (part: Buffer) => received.push(part));
    // A service that has answered may reset what is still being sent.
    socket.on('error', (error: NodeJS.ErrnoException) => (failure ??= `${error.code} ${error.syscall}`));
    socket.once('close', () => resolve());
  });
  socket.write(headOf(request));
  const piece = request.isChunked ? CHUNK : PIECE;
  while (!socket.destroyed && received.length === 0 && sent < request.bytes) {
    sent += PIECE.length;
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => undefined), closed]);
  }
  if (!socket.destroyed && request.isChunked) socket.write('0\r\n\r\n');
  await closed;
  const text = Buffer.concat(received).toString('utf8');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    code: text === '' ? failure : /"code":"(\w+)"/.exec(text)?.[1],
    sent,
  };
}
