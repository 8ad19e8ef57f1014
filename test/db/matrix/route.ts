import type { Belongings } from './world.js';

/** What a request names: rows of one's own, of a mate in the same team, of another tenant, or ids of nothing. */
export type Target = Belongings & { readonly ref: string; readonly deleted: string };

export interface Route {
  /** The path under /api/v1; routes without an id in it are asked once, not for each target. */
  path(target: Target): string;
  body?(target: Target): unknown;
  /** Each outcome with the actors who meet it; whoever is not named is refused: 403, or 401 without a credential. */
  readonly expect: Readonly<Record<string, string>>;
}
