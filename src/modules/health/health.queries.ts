import type { Statement } from '../../platform/database/statement.js';

/** The number of the last migration; also the sign of life that readiness asks for. */
export function schemaVersion(): Statement<{ version: number }> {
  return { name: 'schema_version', text: 'select app.schema_version()::float8 as version', values: [] };
}

export interface ServerFacts {
  readonly allowed: boolean;
  readonly serverVersion: string;
  readonly version: number;
}

/** Whether the caller may look behind the service, decided by PostgreSQL, and what it says of itself. */
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
