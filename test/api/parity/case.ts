import type { Action } from './surface.js';
import type { Who, World } from './world.js';

/** One row of the table: who does what in which situation, and the code that every surface answers. */
export interface ParityCase {
  readonly name: string;
  readonly who: Who;
  /** Makes what the case needs, and says what is done; several are done in order, and the last one counts. */
  readonly does: (world: World) => Promise<Action | readonly Action[]> | Action | readonly Action[];
  readonly code: string;
  /** Codes of the problems that are named, where they are the service's own. */
  readonly problems?: readonly string[];
  /** Part of what is answered. */
  readonly answers?: unknown;
}

/** An id that nothing has. */
export const ABSENT = '01890000-0000-7000-8000-000000000000';
