const SECRET_NAME =
  /^(authorization|proxy-authorization|cookie|set-cookie|cf-access-jwt-assertion|(x-)?api[-_]?key)$|password|secret|token/i;

/** Patterns of secrets in texts: API keys, refresh tokens, JWTs, passwords in connection URLs. */
const SECRET_TEXT =
  /\btm[kr]_[A-Za-z0-9_-]{8,}|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|\b(?<=Bearer )\S+|(?<=\/\/[^/\s:@]*:)[^/\s@]+(?=@)/g;

export const REDACTED = '[redacted]';
const DEPTH_MAX = 5;

/** Removes recognisable secrets from a text, such as the message of an error. */
export function scrub(text: string): string {
  return text.replace(SECRET_TEXT, REDACTED);
}

interface ErrorLike {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly table?: unknown;
  readonly routine?: unknown;
}

/** Fields of PostgreSQL's errors that contain no values; `detail`, `hint` and `where` quote rows and parameters. */
function errorForLog(error: Error, depth: number): Record<string, unknown> {
  const { code, constraint, table, routine } = error as ErrorLike;
  return {
    type: error.name,
    message: scrub(error.message),
    ...Object.fromEntries(
      Object.entries({ code, constraint, table, routine }).filter(([, value]) => typeof value === 'string'),
    ),
    stack: error.stack === undefined ? undefined : scrub(error.stack),
    ...(error.cause ? { cause: forLog(error.cause, depth + 1) } : {}),
  };
}

/** Prepares a value for the log: errors with stack and cause, fields with the names of secrets blanked. */
export function forLog(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '[deeper]';
  if (value instanceof Error) return errorForLog(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 100).map((one) => forLog(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, SECRET_NAME.test(name) ? REDACTED : forLog(inner, depth + 1)]),
  );
}
