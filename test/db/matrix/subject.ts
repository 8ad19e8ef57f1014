import type { Belongings, World } from './world.js';

/** How the cells address the rows of one table. */
export interface Subject {
  /** The row of this person, as a condition on its key. */
  row(p: Belongings): string;
  readonly absent: string;
  readonly key: string;
  /** A new row of this person. */
  insert(p: Belongings): string;
  readonly set: string;
  /** Where background jobs may change another column than people. */
  readonly setInBackground?: string;
  /** Moves the row to another tenant; in a table without tenants, the most privileged change. */
  move(to: Belongings, world: World): string;
}

export const NOBODY = '00000000-0000-7000-8000-000000000000';
