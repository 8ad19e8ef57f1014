/** Findings that are allowed, and why. A test fails on entries that match nothing. */
export interface Exemption {
  readonly rule: string;
  readonly objects: readonly string[];
  readonly reason: string;
}

/** The roles of sessions, and of those that write. */
export const SESSIONS = ['tm_app_rw', 'tm_app_ro', 'tm_analytics', 'tm_admin'];
export const WRITERS = ['tm_app_rw', 'tm_admin'];

export const granted = (functions: readonly string[], roles: readonly string[]): string[] =>
  functions.flatMap((name) => roles.map((role) => `${name} to ${role}`));
