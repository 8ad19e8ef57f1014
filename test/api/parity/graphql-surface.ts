import type { GraphQLField, GraphQLOutputType, GraphQLSchema } from 'graphql';
import { getNamedType, isLeafType, isObjectType, isRequiredArgument } from 'graphql';
import { relations } from '../../../src/graphql.js';
import type { Operation } from '../../../src/platform/operations/operation.js';
import { fieldOf, isWrite, shapeOf } from '../../../src/platform/operations/operation.js';
import { parameterNames } from '../../../src/platform/schema/parameters.js';
import type { TestUser } from '../../support/app.js';
import { GraphqlClient } from '../../support/graphql.js';
import type { Action, Operations, Outcome, Surface } from './surface.js';
import { failure, operationNamed } from './surface.js';

/** Arguments of a list by their names in the list grammar; every other name is a filter. */
const LIST_ARGUMENTS: Readonly<Record<string, string>> = {
  limit: 'first',
  cursor: 'after',
  offset: 'offset',
  sort: 'sort',
  q: 'search',
};

const LIST_NAMES = new Map(Object.entries(LIST_ARGUMENTS).map(([name, argument]) => [argument, name]));

const GUARDS: Readonly<Record<string, string>> = { ifMatch: 'version', idempotencyKey: 'key' };

const isRelation = (type: string, field: string): boolean =>
  relations.some(({ owner, name }) => owner.name === type && name === field);

/**
 * Every leaf of a type, and of what it holds down to a depth. REST has no relations, and each needs a permission of its
 * own, so none is selected.
 */
function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const selected = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument) || isRelation(named.name, field.name)) return [];
    if (isLeafType(getNamedType(field.type))) return [field.name];
    return depth > 0 ? [`${field.name} ${selectionOf(field.type, depth - 1)}`] : [];
  });
  return `{ ${selected.join(' ') || '__typename'} }`;
}

function listVariables(list: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  const filter: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(list)) {
    const argument = LIST_ARGUMENTS[name];
    if (argument) args[argument] = value;
    else filter[name] = typeof value === 'string' && value.includes(',') ? value.split(',') : value;
  }
  return Object.keys(filter).length === 0 ? args : { ...args, filter };
}

function variablesOf(operation: Operation, action: Action): Record<string, unknown> {
  const { params = {}, list = {}, input, version, fence, key, dryRun } = action;
  const names = fieldOf(operation)?.arguments ?? {};
  return {
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [names[name] ?? name, value])),
    ...listVariables(list),
    ...(input === undefined ? {} : { input }),
    ...(version === undefined ? {} : { ifMatch: version }),
    ...(fence === undefined ? {} : { fence }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

function documentOf(operation: Operation, field: GraphQLField<unknown, unknown>, names: readonly string[]): string {
  // An argument that the field lacks keeps its place in the document, so that it is refused.
  const typeOf = (name: string): string => String(field.args.find((one) => one.name === name)?.type ?? 'String');
  const declared = names.map((name) => `$${name}: ${typeOf(name)}`).join(', ');
  const passed = names.map((name) => `${name}: $${name}`).join(', ');
  const root = isWrite(operation) ? 'mutation' : 'query';
  return `${root}${declared && ` (${declared})`} { ${field.name}${passed && `(${passed})`} ${selectionOf(field.type, 1)} }`;
}

function neutralPath(operation: Operation, path: string): string {
  // A body is refused before its variables are told apart.
  const inInput = path.replace(/^variables\.input\./, '');
  if (inInput !== path) return inInput;
  const [, root = '', rest = ''] = /^([^.[]*)(.*)$/.exec(path) ?? [];
  const names = fieldOf(operation)?.arguments ?? {};
  const parameter = operation.params && parameterNames(operation.params).find((name) => (names[name] ?? name) === root);
  if (parameter !== undefined) return `params.${parameter}${rest}`;
  if (operation.list && root === 'filter') return `list${rest}`;
  if (operation.list && LIST_NAMES.has(root)) return `list.${LIST_NAMES.get(root)}`;
  return /^query(:|$)/.test(path) ? 'document' : `${GUARDS[root] ?? root}${rest}`;
}

/** The answer as REST gives it: the rows of a page, the whole row instead of a receipt that holds it. */
function answerOf({ list, feed, receipt }: Operation, answer: unknown): unknown {
  const members = answer as Readonly<Record<string, unknown>> | null;
  const rows = list ? 'nodes' : feed?.rows;
  if (rows !== undefined) return members?.[rows];
  return receipt ? { ...members, ...(members?.[receipt.part] as object | null) } : answer;
}

export class GraphqlSurface implements Surface {
  readonly name = 'GraphQL';

  constructor(
    private readonly url: string,
    private readonly operations: Operations,
    private readonly schema: GraphQLSchema,
  ) {}

  async perform(user: TestUser | undefined, action: Action): Promise<Outcome> {
    const operation = operationNamed(this.operations, action.operation);
    const root = isWrite(operation) ? this.schema.getMutationType() : this.schema.getQueryType();
    const field = root?.getFields()[fieldOf(operation)?.field ?? ''];
    if (!field) throw new Error(`${operation.name} has no field.`);
    const variables = variablesOf(operation, action);
    const document = documentOf(operation, field, Object.keys(variables));
    const { data, errors } = await new GraphqlClient(this.url, user).run(document, variables);
    const [error] = errors;
    if (!error) {
      const answer = shapeOf(operation) ? answerOf(operation, data?.[field.name]) : null;
      return { code: 'OK', data: answer, problems: [] };
    }
    const { code, errors: problems } = error.extensions;
    return failure(code, problems, (path) => neutralPath(operation, path));
  }
}
