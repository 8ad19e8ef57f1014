/** A UUID of any version: ids come from several generations of generators, and PostgreSQL takes them all. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a UUID. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
