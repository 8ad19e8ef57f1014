import type { Session } from '../auth/session.js';
import type { CheckedOutConnection } from './checked-out-connection.js';
import type { Transaction, Tx } from './transaction.js';

/** The answer that an earlier request with the same Idempotency-Key was given. */
export interface Replay {
  readonly replay: unknown;
}

/** What the service does around every write, in the same transaction. */
export interface DatabaseHooks {
  /** Before the work. A replay ends the transaction and is the result. */
  afterBegin?(tx: Tx, session: Session): Promise<Replay | undefined>;
  beforeCommit?(tx: Tx, session: Session, result: unknown): Promise<void>;
}

/** How a write ends, beyond its commit. */
export interface Ending {
  readonly session: Session;
  readonly hooks: DatabaseHooks;
  /** A dry run: constraints are checked and nothing is kept. */
  readonly rehearse: boolean;
  /** Takes the WAL position of the commit; left out where nobody needs it. */
  readonly noteWrite?: (lsn: string) => void;
}

export interface OpenTransaction {
  readonly tx: Transaction;
  readonly connection: CheckedOutConnection;
}

/** Begin … commit around the work; whatever happens, the connection goes back clean or not at all. */
export async function runTransaction<T>(
  open: OpenTransaction,
  work: (tx: Tx) => Promise<T>,
  ending?: Ending,
): Promise<T> {
  const { tx, connection } = open;
  try {
    const replayed = await ending?.hooks.afterBegin?.(tx, ending.session);
    if (replayed) {
      await tx.rollback();
      return replayed.replay as T;
    }
    const result = await work(tx);
    await finish(tx, ending, result);
    return result;
  } catch (error) {
    await tx.rollback();
    throw withoutTypeormWrapping(error);
  } finally {
    connection.end();
  }
}

async function finish(tx: Transaction, ending: Ending | undefined, result: unknown): Promise<void> {
  await ending?.hooks.beforeCommit?.(tx, ending.session, result);
  if (ending?.rehearse) return tx.rehearse();
  const position = await tx.commit(ending?.noteWrite !== undefined);
  if (position !== null) ending?.noteWrite?.(position);
}

/** TypeORM puts an error of its own around the fault that the transaction gave it. */
function withoutTypeormWrapping(error: unknown): unknown {
  return error instanceof Error && 'driverError' in error ? error.driverError : error;
}
