/**
 * Whether a page of this origin may open a WebSocket. CORS does not cover them: the browser sends the origin and leaves the
 * decision to the server. Other clients send no origin, and a page of the service itself has its own host as origin.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
