import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { lockLabelled, relabel } from './task-label.queries.js';

/** As many as one bulk request changes: each costs a version, a row of the trail and an event. */
const RELABELLED_MAX = 1_000;

/** The labels of tasks, for the vocabulary of a team. */
@Injectable()
export class TaskLabels {
  /**
   * Replaces a label of the live tasks of a team. A task that has both labels keeps one.
   * @throws Fault RULE_VIOLATED when too many tasks have it; nothing has changed then
   */
  async rename(tx: Tx, teamId: string, from: string, to: string): Promise<void> {
    const labelled = await tx.run(lockLabelled(teamId, from, RELABELLED_MAX + 1));
    if (labelled.length > RELABELLED_MAX) {
      const detail = `More than ${RELABELLED_MAX.toLocaleString('en')} tasks have this label. Create another tag and change the tasks in parts.`;
      throw new Fault('RULE_VIOLATED', detail);
    }
    const ids = labelled.map(({ id }) => id);
    if (ids.length > 0) await tx.run(relabel(teamId, ids, from, to));
  }
}
