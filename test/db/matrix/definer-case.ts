/**
 * What the functions that run with other rights let through: the policies of tm_auth, tm_search and tm_audit serve them
 * alone, so no cell of the matrix meets those. `prepare` runs as superuser, `ask` as the role; the outcome is the first
 * value of the last answer, or what PostgreSQL refuses with, in the words of the matrix.
 */
export interface DefinerCase {
  readonly what: string;
  readonly role: string;
  readonly prepare?: string;
  readonly ask: string;
  readonly outcome: string;
}
