interface Holder {
  readonly user: string;
  readonly credential: string;
}

interface SessionOptions {
  readonly role?: string;
  readonly scopes?: string | null;
  /** The request details for the trail, as JSON. */
  readonly request?: string | null;
}

const literal = (value: string | null): string => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`);

/** What the service sends before its statements: it opens the session until the end of the transaction. */
export function sessionSql(
  { user, credential }: Holder,
  { role = 'tm_app_rw', scopes = null, request = null }: SessionOptions = {},
): string {
  const values = [user, credential, scopes, request, role].map(literal).join(', ');
  return `select set_config('role', app.open_session(${values}), true); `;
}
