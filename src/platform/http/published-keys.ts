import type { FastifyInstance } from 'fastify';
import type { AccessTokens } from '../credentials/access-token.js';

/** A key is accepted before it signs, so that a client that reads the set again within this time misses none. */
const CACHE_SECONDS = 300;

/** Serves the public keys of access tokens (RFC 7517). There are none while a secret signs. */
export function publishKeys(server: FastifyInstance, { keySet }: AccessTokens): void {
  server.get('/.well-known/jwks.json', (_request, reply) =>
    reply
      .headers({ 'content-type': 'application/jwk-set+json', 'cache-control': `public, max-age=${CACHE_SECONDS}` })
      .send(JSON.stringify(keySet)),
  );
}
