const LOOPBACKS = new Set(['localhost', '127.0.0.1', '[::1]']);
const REDIRECTS_MAX = 20;

/** What is wrong with a client that describes itself. */
export class ClientProblem extends Error {}

type Metadata = Readonly<Record<string, unknown>>;

function redirectsOf({ redirect_uris: given }: Metadata): readonly URL[] {
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > REDIRECTS_MAX) {
    throw new ClientProblem(`redirect_uris must be a list of at most ${REDIRECTS_MAX} URIs`);
  }
  return (given as unknown[]).map((one) => {
    const url = typeof one === 'string' ? URL.parse(one) : null;
    if (!url) throw new ClientProblem('redirect_uris must only contain URIs');
    if (url.username !== '' || url.password !== '') throw new ClientProblem('redirect_uris must hold no password');
    return url;
  });
}

/**
 * What a client says of itself, as this server takes it. A client with a loopback or private-use redirect URI is a native
 * one, whatever it calls itself: it listens on another port each time (RFC 8252, 7.3), and the library refuses any other
 * http:// URI of it.
 * @throws ClientProblem
 */
export function clientOf(given: unknown): Metadata {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ClientProblem('the metadata of a client is a JSON object');
  }
  const metadata = given as Metadata;
  const isNative = redirectsOf(metadata).some(({ protocol }) => protocol !== 'https:');
  return isNative ? { ...metadata, application_type: 'native' } : metadata;
}

/** Where the answer goes, for the page that asks and for its Content-Security-Policy. */
export function targetOf(redirectUri: string): { readonly name: string; readonly source: string } {
  const { protocol, hostname, host } = new URL(redirectUri);
  if (protocol !== 'http:' && protocol !== 'https:') return { name: `an app (${protocol})`, source: protocol };
  const source = `${protocol}//${host}`;
  return { name: LOOPBACKS.has(hostname) ? 'a program on this computer' : host, source };
}
