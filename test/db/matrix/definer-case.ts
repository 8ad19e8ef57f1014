/**
 * One call through a SECURITY DEFINER function and its outcome. The policies of the roles that own such functions apply
 * to no cell of the matrix, so these cases test them. `prepare` runs as superuser, `ask` as `role`. The outcome is the
 * first value of the last result, or PostgreSQL's refusal in the words of the matrix.
 */
export interface DefinerCase {
  readonly what: string;
  readonly role: string;
  readonly prepare?: string;
  readonly ask: string;
  readonly outcome: string;
}
