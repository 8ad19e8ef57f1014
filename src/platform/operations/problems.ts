import type { FieldProblem } from '../faults/fault.js';
import { Fault, invalid } from '../faults/fault.js';
import { fieldsOf } from '../schema/field.js';
import { filterParameters } from '../schema/list-request.js';
import { parameterNames } from '../schema/parameters.js';
import type { OperationSpec } from './operation.js';
import { bodyOf } from './operation.js';

/** Maps a parameter to its path on a surface, such as `query.limit` or `first`. */
export type PathOf = (parameter: string) => string;

const rootOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? '';

/** The problem with the surface's path of its parameter. */
export function located(problem: FieldProblem, pathOf: PathOf): FieldProblem {
  const root = rootOf(problem.path);
  return { ...problem, path: `${pathOf(root)}${problem.path.slice(root.length)}` };
}

/** The filters of an operation that are no parameters besides. */
export function filterNamesOf({ params, list, filters }: OperationSpec): ReadonlySet<string> {
  const rules = list ?? filters;
  const others = new Set(params ? parameterNames(params) : []);
  return new Set(rules ? [...filterParameters(rules).keys()].filter((name) => !others.has(name)) : []);
}

/**
 * Returns a function that replaces the neutral parameter names in a use case's problems (`cursor`) with the surface's
 * paths. A name that the input also has is treated as a field of the input.
 */
export function problemLocator(spec: OperationSpec, pathOf: PathOf): (error: unknown) => unknown {
  const body = bodyOf(spec);
  const ofInput = new Set(body ? fieldsOf(body).map(({ name }) => name) : []);
  const names = [...(spec.params ? parameterNames(spec.params) : []), ...filterNamesOf(spec)];
  const parameters = new Set(names.filter((name) => !ofInput.has(name)));
  const isParameter = ({ path, code }: FieldProblem): boolean =>
    parameters.has(rootOf(path)) && code !== 'UNKNOWN_FIELD';
  return (error) => {
    if (!(error instanceof Fault) || !error.errors.some(isParameter)) return error;
    const errors = error.errors.map((one) => (isParameter(one) ? located(one, pathOf) : one));
    if (error.code === 'VALIDATION_FAILED') return invalid(errors);
    return new Fault(error.code, error.detail, { errors, headers: error.headers, cause: error.cause });
  };
}
