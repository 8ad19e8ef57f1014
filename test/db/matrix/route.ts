import type { Belongings } from './world.js';

/** The target of a request: the actor's own row, a team mate's, another tenant's, or a missing id. */
export type Target = Belongings & { readonly ref: string; readonly deleted: string };

export interface Route {
  /** The path under /api/v1; routes without an id are requested once, not for each target. */
  path(target: Target): string;
  body?(target: Target): unknown;
  /** Each outcome with its actors; all others are refused: 403, or 401 without a credential. */
  readonly expect: Readonly<Record<string, string>>;
}
