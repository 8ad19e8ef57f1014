import type { FieldProblem } from '../../../platform/faults/fault.js';
import { Fault, invalid } from '../../../platform/faults/fault.js';

/** A file that is wrong everywhere is told so up to here. */
const PROBLEMS_MAX = 100;

/** Everything that is wrong with a file, to be told at once. */
export class Problems {
  private readonly list: FieldProblem[] = [];

  /** @throws Fault VALIDATION_FAILED when there are too many to go on */
  add(path: string, message: string, code = 'INVALID_REPORT'): void {
    this.list.push({ path, message, code });
    if (this.list.length >= PROBLEMS_MAX) throw invalid(this.list);
  }

  /** @throws Fault VALIDATION_FAILED */
  refuseIfAny(): void {
    if (this.list.length > 0) throw invalid(this.list);
  }
}

/** What is no file of its format at all. */
export function unreadable(detail: string): Fault {
  return new Fault('MALFORMED_BODY', detail);
}
