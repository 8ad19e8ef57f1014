import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Fault } from '../faults/fault.js';
import type { BodyReader } from './body-reader.js';
import { parseJsonBody } from './json-body.js';

/** Media types that some routes accept besides JSON. */
const TEXT_TYPES = ['application/x-www-form-urlencoded', 'application/sarif+json', 'application/xml', 'text/xml'];

function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Installs the parsers of request bodies; other media types are refused. */
export function installBodyParsers(server: FastifyInstance, reader: BodyReader): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(['application/json', 'application/merge-patch+json'], async (request: FastifyRequest) => {
    const text = await reader.read(request);
    const { textBody, itemOf } = request.routeOptions.config;
    return textBody === undefined ? parseJsonBody(text, itemOf ? { itemOf } : {}) : text;
  });
  server.addContentTypeParser(TEXT_TYPES, async (request: FastifyRequest) => {
    const isAccepted = request.routeOptions.config.textTypes?.includes(mediaTypeOf(request)) ?? false;
    if (!isAccepted) throw new Fault('UNSUPPORTED_MEDIA_TYPE');
    return reader.read(request);
  });
}
