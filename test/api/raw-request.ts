import { connect } from 'node:net';

/** The raw response; null if the server closed the connection without one. */
export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

function parse(bytes: Buffer): RawReply | null {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(start)?.[1];
  if (status === undefined) return null;
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return { status: Number(status), headers: Object.fromEntries(headers), text: text.slice(end + 4) };
}

/** Sends bytes that no HTTP client would send, and reads what comes back until the server closes. */
export async function sendRaw(url: string, ...parts: readonly (string | Buffer)[]): Promise<RawReply | null> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  await new Promise<void>((closed) => {
    // A server may reset the connection after refusing; the response it sent before counts.
    socket.once('error', () => closed()).once('close', () => closed());
    for (const part of parts) socket.write(part);
  });
  return parse(Buffer.concat(received));
}

/** The head of a request that the server answers and then closes. */
export function head(request: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers });
  return `${request} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
