import jwt from 'jsonwebtoken';
import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const AUDIENCE = 'a'.repeat(64);

export function signingKey(id: string = randomUUID()): SigningKey {
  return { id, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

/** Stands in for Cloudflare Access: publishes keys where Access does, and signs tokens as Access does. */
export class AccessIssuer {
  url = '';
  keys: SigningKey[] = [signingKey()];
  isDown = false;
  reads = 0;
  readonly #server: Server = createServer((request, response) => {
    this.reads += 1;
    const published = request.url === '/cdn-cgi/access/certs' && !this.isDown;
    response.writeHead(published ? 200 : 503, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        keys: this.keys.map(({ id, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid: id, use: 'sig' })),
      }),
    );
  });

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** The claims of a person's token. */
  person(email: string, claims: Record<string, unknown> = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    return {
      ...{ iss: this.url, aud: [AUDIENCE], type: 'app', iat: now, nbf: now, exp: now + 600 },
      ...{ sub: `sub-of-${email}`, email, identity_nonce: randomUUID(), country: 'DE' },
      ...claims,
    };
  }

  machine(clientId: string, claims: Record<string, unknown> = {}): Record<string, unknown> {
    const { email: _email, identity_nonce: _nonce, country: _country, ...rest } = this.person('', claims);
    return { ...rest, sub: '', common_name: clientId, ...claims };
  }

  sign(claims: Record<string, unknown>, key = this.keys[0]!, header: Record<string, unknown> = {}): string {
    return jwt.sign(claims, key.privateKey, { algorithm: 'RS256', header: { alg: 'RS256', kid: key.id, ...header } });
  }
}
