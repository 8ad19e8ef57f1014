import type { ValidationError } from 'class-validator';
import { validateSync } from 'class-validator';
import type { FieldProblem } from '../faults/fault.js';
import { invalid } from '../faults/fault.js';

const screaming = (rule: string): string => rule.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

function codeOf(rule: string): string {
  return rule === 'whitelistValidation' ? 'UNKNOWN_FIELD' : screaming(rule);
}

function problemsOf(errors: readonly ValidationError[], prefix: string): FieldProblem[] {
  return errors.flatMap((error) => {
    const path = prefix === '' ? error.property : `${prefix}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      path,
      message: rule === 'whitelistValidation' ? `${error.property} is not a known field` : message,
      code: codeOf(rule),
    }));
    return [...own, ...problemsOf(error.children ?? [], path)];
  });
}

/** Everything that is wrong with a value that should have this shape; an empty list when it has. */
export function problemsWith<T extends object>(shape: new () => T, value: unknown, prefix = ''): FieldProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ path: prefix || 'body', message: 'must be a JSON object', code: 'IS_OBJECT' }];
  }
  const instance = Object.assign(new shape(), value);
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
  });
  return problemsOf(errors, prefix);
}

/**
 * The value as this shape.
 * @throws Fault VALIDATION_FAILED that names every problem
 */
export function validated<T extends object>(shape: new () => T, value: unknown): T {
  const given = value ?? {};
  const problems = problemsWith(shape, given);
  if (problems.length > 0) throw invalid(problems);
  return given as T;
}
