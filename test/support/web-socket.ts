import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';

/** The outcome of opening a WebSocket: a socket, or the response that refused it. */
export interface Handshake {
  readonly socket: WebSocket | null;
  readonly status: number;
  readonly body: { readonly code?: string; readonly detail?: string };
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Opens a WebSocket to a path of the service. */
export async function openSocket(url: string, path: string, options: ClientOptions = {}): Promise<Handshake> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, options);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket, status: 101, body: {}, headers: {} }));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        const body = (text === '' ? {} : JSON.parse(text)) as Handshake['body'];
        resolve({ socket: null, status: response.statusCode ?? 0, body, headers: response.headers });
      });
    });
  });
}

/** The code and reason with which a socket is closed. */
export function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() }));
  });
}
