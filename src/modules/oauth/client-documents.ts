import type { OutboundClient } from '../../platform/outbound/outbound-client.js';
import { ClientProblem, clientOf } from './client-metadata.js';

/** Bytes of a document; the draft recommends 5 KB. */
const DOCUMENT_MAX = 16 * 1024;

/**
 * Fetches the document that describes a client (Client ID Metadata Documents) without giving strangers access to the
 * internal network. It takes the place of `fetch` in the library, which has nothing else to fetch.
 */
export function documentFetcher(outbound: OutboundClient): typeof fetch {
  return async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const answer = await outbound.get(url, { accept: 'application/json' }, DOCUMENT_MAX);
    if ('failure' in answer) throw new ClientProblem(`the document of the client could not be read: ${answer.failure}`);
    const { status, body, cacheControl } = answer;
    const text = status === 200 ? JSON.stringify(clientOf(JSON.parse(body))) : '';
    return new Response(text, { status, headers: cacheControl === null ? {} : { 'cache-control': cacheControl } });
  };
}
