import type { FieldProblem } from '../../../platform/faults/fault.js';
import { Fault, invalid } from '../../../platform/faults/fault.js';
import { cut } from './report.model.js';

/** Maximum number of problems that are listed for one file. The others are counted. */
const PROBLEMS_MAX = 100;
const PATH_MAX = 1_000;

/** A value of a file that could not be used. The rest of the file is kept. */
export interface SetAside {
  /** Place in the file, such as `runs[0].results[3].level`. */
  readonly path: string;
  readonly message: string;
}

/** Collects the problems of a file: those that refuse it, and single values that are set aside. */
export class Problems {
  private readonly fatal: FieldProblem[] = [];
  private readonly values: SetAside[] = [];
  private unlisted = 0;

  refuse(path: string, message: string): void {
    if (this.fatal.length < PROBLEMS_MAX) this.fatal.push({ path, message, code: 'INVALID_REPORT' });
  }

  /** @throws Fault VALIDATION_FAILED */
  refuseIfAny(): void {
    if (this.fatal.length > 0) throw invalid(this.fatal);
  }

  setAside(path: string, message: string): void {
    // Names in a path come from the file, and end up in the database and on terminals.
    const printable = cut(path, PATH_MAX).replace(/\p{Cc}/gu, '\u{FFFD}');
    if (this.values.length < PROBLEMS_MAX) this.values.push({ path: printable, message });
    else this.unlisted += 1;
  }

  /** What was set aside, in the order of the file. */
  get list(): readonly SetAside[] {
    if (this.unlisted === 0) return this.values;
    return [...this.values, { path: '', message: `${this.unlisted} more values were set aside` }];
  }

  /** What was set aside below a place of the file. */
  below(place: string): readonly SetAside[] {
    return this.values.filter(({ path }) => path.startsWith(`${place}.`));
  }
}

/** The fault of a file that is not in its format at all. */
export function unreadable(detail: string): Fault {
  return new Fault('MALFORMED_BODY', detail);
}
