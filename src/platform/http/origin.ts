/**
 * Whether a page of this origin may use what the browser sends unasked: a connection of a WebSocket, which CORS does not
 * cover, or the cookie of the edge. Other clients send no origin, and a page of the service itself has its own host as origin.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
