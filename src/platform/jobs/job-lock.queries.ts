import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';

/** Tries to take the lock of a job until the transaction ends. Does not wait for it. */
export function tryJobLock(job: string): Statement<{ readonly taken: boolean }> {
  return statement(
    'jobs.try_lock',
    `select pg_try_advisory_xact_lock(hashtext('taskmaster job'), hashtext($1)) as taken`,
    [job],
  );
}
