import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FieldProblem } from '../faults/fault.js';
import { invalid } from '../faults/fault.js';
import type { Shape } from '../schema/field.js';
import { propertyOf } from '../schema/property.js';
import { parameterNames, readParameters } from '../schema/parameters.js';
import type { ApiRequest } from './request.js';

type Texts = Readonly<Record<string, unknown>>;

/** Documents one parameter of a route. */
export function parameter(shape: Shape, name: string, isInPath: boolean): MethodDecorator {
  const { description, required, nullable: _, ...schema } = propertyOf(shape, name);
  const list = schema.type === 'array' ? { style: 'form' as const, explode: false } : {};
  const common = { name, description: String(description), schema, ...list };
  return isInPath ? ApiParam(common) : ApiQuery({ ...common, required: required !== false });
}

/** Documents the parameters of a hand-written route. `inPath` names those in its path. */
export function Parameters(shape: Shape, ...inPath: string[]): MethodDecorator {
  return applyDecorators(...parameterNames(shape).map((name) => parameter(shape, name, inPath.includes(name))));
}

/** One problem per unknown parameter of the query string. */
export function unknownParameters(query: Texts, isKnown: (name: string) => boolean): FieldProblem[] {
  return Object.keys(query).flatMap((name) => {
    const path = `query.${name.slice(0, 100)}`;
    return isKnown(name) ? [] : [{ path, message: 'is not a known parameter', code: 'UNKNOWN_PARAMETER' }];
  });
}

/**
 * Reads the parameters of a request to a hand-written route.
 * @throws Fault VALIDATION_FAILED with every problem
 */
export function requestParameters<T extends object>(shape: new () => T, request: ApiRequest): T {
  const path = request.params as Texts;
  const query = request.query as Texts;
  const names = parameterNames(shape);
  const { values, problems } = readParameters(shape, { ...query, ...path }, { isText: true });
  const located = problems.map((one) => ({ ...one, path: `${one.path in path ? 'path' : 'query'}.${one.path}` }));
  const isKnown = (name: string): boolean => name === 'dryRun' || (names.includes(name) && !(name in path));
  const all = [...unknownParameters(query, isKnown), ...located];
  if (all.length > 0) throw invalid(all);
  return values as T;
}

/**
 * Refuses every parameter of a hand-written route that takes none but `dryRun`.
 * @throws Fault VALIDATION_FAILED that names each
 */
export function noParameters(request: ApiRequest): void {
  const query = request.query as Texts;
  const repeated = Array.isArray(query.dryRun)
    ? [{ path: 'query.dryRun', message: 'must be given once', code: 'REPEATED_PARAMETER' }]
    : [];
  const problems = [...unknownParameters(query, (name) => name === 'dryRun'), ...repeated];
  if (problems.length > 0) throw invalid(problems);
}
