import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP proxy that can swallow everything (a black hole), reset every connection, or refuse new ones. */
export interface TcpProxy {
  readonly port: number;
  swallow(on: boolean): void;
  reset(): void;
  refuse(on: boolean): void;
  close(): Promise<void>;
}

export async function startProxy(host: string, port: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let swallowing = false;
  let refusing = false;
  const server: Server = createServer((inner) => {
    if (refusing) return void inner.resetAndDestroy();
    const outer = connect(port, host);
    const pair = [inner, outer] as const;
    pairs.add(pair);
    const forward = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => {
        if (!swallowing) to.write(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    };
    forward(inner, outer);
    forward(outer, inner);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reset = (): void => {
    for (const [inner, outer] of pairs) {
      inner.resetAndDestroy();
      outer.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    swallow: (on) => (swallowing = on),
    refuse: (on) => (refusing = on),
    reset,
    close: () => {
      reset();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
