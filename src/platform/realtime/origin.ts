/**
 * Whether a page of this origin may open a socket. CORS does not cover WebSockets: the browser sends the origin and
 * leaves it to the server. What is no browser sends none; a page of this service's own has the host it was asked under.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
