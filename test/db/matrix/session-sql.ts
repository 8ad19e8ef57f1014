interface Holder {
  readonly user: string;
  readonly credential: string;
}

interface SessionOptions {
  readonly role?: string;
  readonly scopes?: string | null;
  /** What the trail notes of the request, as JSON. */
  readonly request?: string | null;
}

const literal = (value: string | null): string => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`);

/** What the service sends before its statements: from here to the end of the transaction the session is the holder's. */
export function sessionSql(
  { user, credential }: Holder,
  { role = 'tm_app_rw', scopes = null, request = null }: SessionOptions = {},
): string {
  const values = [user, credential, scopes, request, role].map(literal).join(', ');
  return `select set_config('role', app.open_session(${values}), true); `;
}
