import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { gateOf } from './validation-gate.queries.js';

/** Reports whether tasks meet the gates of their projects. PostgreSQL enforces the gates when a task is completed. */
@Injectable()
export class ValidationGates {
  constructor(private readonly database: Database) {}

  /** @throws Fault NOT_FOUND */
  async report(session: Session, taskId: string): Promise<{ readonly id: string; readonly data: string }> {
    const [row] = await this.database.query(session, gateOf(taskId));
    if (!row) throw new Fault('NOT_FOUND', 'There is no such task.');
    return row;
  }
}
