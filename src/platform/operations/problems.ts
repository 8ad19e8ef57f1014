import type { FieldProblem } from '../faults/fault.js';
import { Fault, invalid } from '../faults/fault.js';
import { fieldsOf } from '../schema/field.js';
import { parameterNames } from '../schema/parameters.js';
import type { OperationSpec } from './operation.js';
import { bodyOf } from './operation.js';

/** What a surface calls a parameter: `query.limit`, `first`. */
export type PathOf = (parameter: string) => string;

const rootOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? '';

/** A problem of a parameter under the name that the surface gives it. */
export function located(problem: FieldProblem, pathOf: PathOf): FieldProblem {
  const root = rootOf(problem.path);
  return { ...problem, path: `${pathOf(root)}${problem.path.slice(root.length)}` };
}

/**
 * Makes of a failure of a use case, which names parameters neutrally (`cursor`), one that names them as the surface
 * does. A name that the input has too is taken for the input's.
 */
export function problemLocator(spec: OperationSpec, pathOf: PathOf): (error: unknown) => unknown {
  const body = bodyOf(spec);
  const ofInput = new Set(body ? fieldsOf(body).map(({ name }) => name) : []);
  const parameters = new Set(spec.params ? parameterNames(spec.params).filter((name) => !ofInput.has(name)) : []);
  const isParameter = ({ path, code }: FieldProblem): boolean =>
    parameters.has(rootOf(path)) && code !== 'UNKNOWN_FIELD';
  return (error) =>
    error instanceof Fault && error.code === 'VALIDATION_FAILED' && error.errors.some(isParameter)
      ? invalid(error.errors.map((one) => (isParameter(one) ? located(one, pathOf) : one)))
      : error;
}
