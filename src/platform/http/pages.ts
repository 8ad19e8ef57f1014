import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import compress from '@fastify/compress';
import files from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Fault } from '../faults/fault.js';

/** What `npm run build` makes of `web`. Three levels up from here, in `src` as in `dist`. */
const BUILT = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** A compressed response below this size, in bytes, costs more processor time than it saves on the wire. */
const COMPRESSED_FROM = 4096;

const OWN_FILES = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";
const HOME_CSP = `${OWN_FILES}; style-src 'self'; img-src 'self'; form-action 'none'`;
/** The editor of GraphiQL writes styles into the page, and carries its icons as data. It loads nothing from elsewhere. */
const GRAPHIQL_CSP = `${OWN_FILES}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:`;

/** Scalar writes styles into the page, and carries its icons as data. */
const DOCS_CSP = `${OWN_FILES}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:`;

/** Compresses every response that is large and whose client accepts it. */
export async function compressResponses(server: FastifyInstance): Promise<void> {
  await server.register(compress, { threshold: COMPRESSED_FROM, encodings: ['gzip', 'deflate'], global: true });
}

async function sendPage(reply: FastifyReply, name: string, policy: string): Promise<FastifyReply> {
  const page = await readFile(`${BUILT}${name}`, 'utf8').catch((cause: unknown) => {
    throw new Fault('NOT_FOUND', 'The pages were not built: run npm run build.', { cause });
  });
  return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);
}

/** The page of GraphiQL. */
export const sendGraphiql = (reply: FastifyReply): Promise<FastifyReply> =>
  sendPage(reply, 'graphiql/index.html', GRAPHIQL_CSP);

/** Serves the start page at `/`, the reference of the REST API at `/docs`, and what the pages load below `/web/assets`. */
export async function installPages(server: FastifyInstance): Promise<void> {
  server.get('/', (_request, reply) => sendPage(reply, 'index.html', HOME_CSP));
  server.get('/docs', (_request, reply) => sendPage(reply, 'docs/index.html', DOCS_CSP));
  await server.register(files, {
    root: `${BUILT}assets`,
    prefix: '/web/assets/',
    decorateReply: false,
    index: false,
    // The name of an asset has a digest of its content.
    immutable: true,
    maxAge: '365d',
    cacheControl: true,
  });
}
