import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { FieldProblem } from '../../platform/faults/fault.js';
import { Fault, invalid } from '../../platform/faults/fault.js';
import { atAllowedVersion, bodyCondition } from '../../platform/http/conditional.js';
import { validated, problemsWith } from '../../platform/schema/validate.js';
import type { BulkOperation, BulkResult } from './task-bulk.dto.js';
import { BulkOperation as Operation, BulkRequest } from './task-bulk.dto.js';
import { NewTask } from './task-input.dto.js';
import { patchColumns, problemsOfNew, problemsOfPatch } from './task.rules.js';
import { TasksService } from './tasks.service.js';

const forbidden: Readonly<Record<BulkOperation['op'], readonly (keyof BulkOperation)[]>> = {
  create: ['id', 'patch', 'ifMatch', 'fence'],
  update: ['task'],
  delete: ['task', 'patch'],
};

function problemsOf(operation: BulkOperation, prefix: string): FieldProblem[] {
  const problems = problemsWith(Operation, operation, prefix);
  if (problems.length > 0) return problems;
  const unfit = forbidden[operation.op]
    .filter((name) => operation[name] !== undefined)
    .map((name) => ({
      path: `${prefix}.${name}`,
      message: `does not belong to ${operation.op}`,
      code: 'UNKNOWN_FIELD',
    }));
  if (operation.op === 'create') return [...unfit, ...problemsOfNew(NewTask, operation.task, `${prefix}.task`)];
  const id = operation.id === undefined ? [{ path: `${prefix}.id`, message: 'is needed', code: 'REQUIRED' }] : [];
  const patch = operation.op === 'update' ? problemsOfPatch(operation.patch, `${prefix}.patch`) : [];
  return [...unfit, ...id, ...patch];
}

function failed(index: number, fault: Fault, id?: string): BulkResult {
  const { code, detail, errors, headers } = fault;
  return {
    index,
    status: fault.status,
    ...(id === undefined ? {} : { id }),
    error: { code, detail, errors, ...(headers['etag'] === undefined ? {} : { etag: headers['etag'] }) },
  };
}

/** Changes many tasks in one transaction. */
@Injectable()
export class TaskBulk {
  constructor(
    private readonly database: Database,
    private readonly tasks: TasksService,
  ) {}

  /**
   * Executes the operations in order: all or none if atomic, otherwise each independently.
   * @throws Fault of the first operation that fails if atomic, with its paths prefixed by `operations[n]`
   */
  async run(session: Session, input: unknown): Promise<BulkResult[]> {
    const { atomic = false, operations } = validated(BulkRequest, input);
    const problems = operations.map((operation, index) => problemsOf(operation, `operations[${index}]`));
    if (atomic && problems.some((one) => one.length > 0)) throw invalid(problems.flat());
    return this.database.write(session, async (tx) => {
      const results: BulkResult[] = [];
      for (const [index, operation] of operations.entries()) {
        const wrong = problems[index] ?? [];
        results.push(wrong.length > 0 ? failed(index, invalid(wrong)) : await this.one(tx, index, operation, atomic));
      }
      return results;
    });
  }

  private async one(tx: Tx, index: number, operation: BulkOperation, atomic: boolean): Promise<BulkResult> {
    try {
      return atomic
        ? await this.perform(tx, index, operation)
        : await tx.attempt(() => this.perform(tx, index, operation));
    } catch (error) {
      if (!(error instanceof Fault) || error.status >= 500) throw error;
      if (!atomic) return failed(index, error, operation.id);
      const errors = error.errors.length > 0 ? error.errors : [{ path: '', message: error.detail, code: error.code }];
      throw new Fault(error.code, `operations[${index}]: ${error.detail}`, {
        errors: errors.map((one) => ({ ...one, path: [`operations[${index}]`, one.path].filter(Boolean).join('.') })),
      });
    }
  }

  private async perform(tx: Tx, index: number, operation: BulkOperation): Promise<BulkResult> {
    const condition = bodyCondition(operation.ifMatch);
    const fence = operation.fence ?? null;
    if (operation.op === 'create') {
      const row = await this.tasks.createWithin(tx, operation.task as NewTask);
      return { index, status: 201, id: row.id, version: row.version };
    }
    const id = operation.id ?? '';
    if (operation.op === 'delete') {
      await atAllowedVersion(condition, (version) => this.tasks.removeWithin(tx, { id }, version, fence));
      return { index, status: 204, id };
    }
    const columns = patchColumns(operation.patch);
    const row = await atAllowedVersion(condition, (version) =>
      this.tasks.changeWithin(tx, { id }, version, columns, fence),
    );
    return { index, status: 200, id: row.id, version: row.version };
  }
}
