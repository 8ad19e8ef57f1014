import type { Session } from '../auth/session.js';
import type { CheckedOutConnection } from './checked-out-connection.js';
import type { Transaction, Tx } from './transaction.js';

/** The stored answer of an earlier request with the same Idempotency-Key. */
export interface Replay {
  readonly replay: unknown;
}

/** Hooks that run in the transaction of every write. */
export interface DatabaseHooks {
  /** Runs before the work. A replay ends the transaction and becomes its result. */
  afterBegin?(tx: Tx, session: Session): Promise<Replay | undefined>;
  beforeCommit?(tx: Tx, session: Session, result: unknown): Promise<void>;
}

/** What happens at the end of a write besides the commit. */
export interface Ending {
  readonly session: Session;
  readonly hooks: DatabaseHooks;
  /** A dry run: constraints are checked, then everything is rolled back. */
  readonly rehearse: boolean;
  /** Receives the WAL position of the commit; only set where there are replicas. */
  readonly noteWrite?: (lsn: string) => void;
}

export interface OpenTransaction {
  readonly tx: Transaction;
  readonly connection: CheckedOutConnection;
}

/** Runs the work between begin and commit. The connection goes back to its pool clean, or is closed. */
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

/** TypeORM wraps the fault of the transaction in an error of its own. */
function withoutTypeormWrapping(error: unknown): unknown {
  return error instanceof Error && 'driverError' in error ? error.driverError : error;
}
