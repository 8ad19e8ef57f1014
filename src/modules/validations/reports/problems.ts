import type { FieldProblem } from '../../../platform/faults/fault.js';
import { Fault, invalid } from '../../../platform/faults/fault.js';

/** Maximum number of problems reported for one file. */
const PROBLEMS_MAX = 100;

/** Collects all problems of a file, to report them together. */
export class Problems {
  private readonly list: FieldProblem[] = [];

  /** @throws Fault VALIDATION_FAILED when there are too many problems to continue */
  add(path: string, message: string, code = 'INVALID_REPORT'): void {
    this.list.push({ path, message, code });
    if (this.list.length >= PROBLEMS_MAX) throw invalid(this.list);
  }

  /** @throws Fault VALIDATION_FAILED */
  refuseIfAny(): void {
    if (this.list.length > 0) throw invalid(this.list);
  }
}

/** The fault of a file that is not in its format at all. */
export function unreadable(detail: string): Fault {
  return new Fault('MALFORMED_BODY', detail);
}
