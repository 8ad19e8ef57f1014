import type { Statement } from '../../platform/database/statement.js';

/** The number of the last migration. The readiness probe also uses it to check that the database responds. */
export function schemaVersion(): Statement<{ version: number }> {
  return { name: 'schema_version', text: 'select app.schema_version()::float8 as version', values: [] };
}

export interface ServerFacts {
  readonly allowed: boolean;
  readonly serverVersion: string;
  readonly version: number;
}

/** Facts about the server, and whether PostgreSQL grants the caller access to them. */
export function serverFacts(permission: string): Statement<ServerFacts> {
  return {
    name: 'server_facts',
    text: `
      select
        app.has_permission($1::text) as allowed,
        current_setting('server_version') as "serverVersion",
        app.schema_version()::float8 as version`,
    values: [permission],
  };
}
