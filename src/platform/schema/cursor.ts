/** An opaque keyset cursor: the sort order, and the sort values and id of the last row. */
export function encodeCursor(signature: string, values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([signature, ...values])).toString('base64url');
}

/** A sort key such as the path of a file has up to 2,048 characters of four bytes; headers end at 16 KB. */
const LENGTH_MAX = 14_000;

/** The values of a cursor, or null when it does not belong to this sort order. */
export function decodeCursor(cursor: string, signature: string, length: number): (string | null)[] | null {
  if (cursor.length > LENGTH_MAX || !/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(decoded) || decoded.length !== length + 1 || decoded[0] !== signature) return null;
    const values: unknown[] = decoded.slice(1);
    return values.every((value) => value === null || (typeof value === 'string' && !value.includes('\0')))
      ? (values as (string | null)[])
      : null;
  } catch {
    return null;
  }
}
