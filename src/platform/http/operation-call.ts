import type { Session } from '../auth/session.js';
import type { FieldProblem } from '../faults/fault.js';
import { Fault, invalid } from '../faults/fault.js';
import type { ListCall, OperationSpec } from '../operations/operation.js';
import { guardOf, routesOf, shapeOf } from '../operations/operation.js';
import { located, problemLocator } from '../operations/problems.js';
import type { ListRequest } from '../schema/list-request.js';
import { listParameterNames } from '../schema/list-request.js';
import { parseList } from '../schema/list-query.js';
import { parameterNames, readParameters } from '../schema/parameters.js';
import { expandProblem, sparse, withExpansions } from '../schema/sparse.js';
import type { VersionCondition } from './conditional.js';
import { versionCondition } from './conditional.js';
import { leaseFence } from './lease-fence.js';
import type { ApiRequest } from './request.js';
import { unknownParameters } from './request-parameters.js';

/** A call, and the versions at which it may write; undefined when it is no guarded write. */
type ConditionalCall = ListCall & { readonly condition: VersionCondition | undefined };

type Texts = Readonly<Record<string, unknown>>;

/** The names in the braces of a route. */
export const pathNames = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

/** Runs one reader and collects its problems, so that one response reports the problems of all readers. */
function collected<T>(problems: FieldProblem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'VALIDATION_FAILED') throw error;
    problems.push(...error.errors);
    return undefined;
  }
}

function onlyText(query: Texts, name: string, problems: FieldProblem[]): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  problems.push({ path: `query.${name}`, message: 'must be given once', code: 'REPEATED_PARAMETER' });
  return undefined;
}

/** Converts HTTP requests to calls of one operation. */
export class RestCalls {
  /** Adds the part of the request (`path.`, `query.`) to the parameter problems of a failure. */
  readonly located: (error: unknown) => unknown;
  private readonly inPath: ReadonlySet<string>;
  private readonly ofShape: ReadonlySet<string>;
  private readonly ofList: ReadonlySet<string>;

  constructor(private readonly spec: OperationSpec) {
    this.inPath = new Set(routesOf(spec).flatMap(({ path }) => pathNames(path)));
    this.ofShape = new Set(spec.params ? parameterNames(spec.params) : []);
    this.ofList = spec.list ? listParameterNames(spec.list) : new Set();
    this.located = problemLocator(spec, this.pathOf);
  }

  /** @throws Fault VALIDATION_FAILED with every problem of the request except those of its body */
  of(session: Session, request: ApiRequest): ConditionalCall {
    const { spec } = this;
    const query = request.query as Texts;
    const problems = this.unknownIn(query);
    const isGuarded = guardOf(spec) === 'version';
    const condition = isGuarded ? collected(problems, () => versionCondition(request)) : undefined;
    const expand = this.expand(query, problems);
    const call = {
      session,
      params: this.params({ ...query, ...(request.params as Texts) }, problems),
      input: request.body,
      version: condition?.first ?? null,
      condition,
      fence: spec.fenced ? (collected(problems, () => leaseFence(request)) ?? null) : null,
      fields: this.fields(query, expand, problems),
      isExpanded: expand !== undefined,
      list: this.list(query, problems),
    };
    if (problems.length > 0) throw invalid(problems);
    return call as ConditionalCall;
  }

  private readonly pathOf = (parameter: string): string =>
    `${this.inPath.has(parameter) ? 'path' : 'query'}.${parameter}`;

  private unknownIn(query: Texts): FieldProblem[] {
    const { ofShape, inPath, ofList, spec } = this;
    return unknownParameters(
      query,
      (name) =>
        (name === 'dryRun' && spec.list === undefined) ||
        ofList.has(name) ||
        (ofShape.has(name) && !inPath.has(name)) ||
        (name === 'fields' && spec.sparse === true) ||
        (name === 'expand' && spec.expands !== undefined),
    );
  }

  private params(given: Texts, problems: FieldProblem[]): object {
    if (!this.spec.params) return {};
    const found = readParameters(this.spec.params, given, { isText: true });
    for (const one of found.problems) problems.push(located(one, this.pathOf));
    return found.values;
  }

  private fields(query: Texts, expand: string | undefined, problems: FieldProblem[]): readonly string[] | undefined {
    const shape = shapeOf(this.spec);
    if (!shape) return undefined;
    const fields = this.spec.sparse ? onlyText(query, 'fields', problems) : undefined;
    const selected = fields === undefined ? undefined : collected(problems, () => sparse(shape, fields));
    return expand === undefined ? selected : withExpansions(shape, selected, expand);
  }

  private expand(query: Texts, problems: FieldProblem[]): string | undefined {
    const { expands } = this.spec;
    const shape = shapeOf(this.spec);
    const value = expands ? onlyText(query, 'expand', problems) : undefined;
    if (!expands || !shape || value === undefined) return undefined;
    const problem = expandProblem(shape, expands, value);
    if (problem === null) return value;
    problems.push({ path: 'query.expand', message: problem, code: 'INVALID_PARAMETER' });
    return undefined;
  }

  private list(query: Texts, problems: FieldProblem[]): ListRequest | undefined {
    const { list } = this.spec;
    if (!list) return undefined;
    const own = Object.fromEntries(Object.entries(query).filter(([name]) => this.ofList.has(name)));
    return collected(problems, () => parseList(list, own));
  }
}
