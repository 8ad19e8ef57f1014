import type { Type } from '@nestjs/common';
import { Inject } from '@nestjs/common';
import { Mutation, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { invalid } from '../faults/fault.js';
import { accessTo } from '../operations/access.js';
import type { Answered, ListCall, Operation } from '../operations/operation.js';
import { fieldOf, guardOf, isWrite, operationsOf, shapeOf } from '../operations/operation.js';
import type { Relation } from '../operations/relation.js';
import { located, problemLocator } from '../operations/problems.js';
import { propertyOf } from '../schema/property.js';
import { parameterNames, readParameters } from '../schema/parameters.js';
import type { GraphqlContext } from './call.js';
import { Call } from './call.js';
import type { Arguments } from './operations.js';
import { declareArguments, FENCE_ARGUMENT, guardArguments, inputOf, listArguments } from './operations.js';
import { connectionOf } from './connection.js';
import { declareReceipt, declareRelation } from './relation.js';
import type { GraphqlType } from './shape-types.js';
import { outputType, typeOf } from './shape-types.js';

type Runner = Readonly<Record<string, (call: ListCall) => Promise<Answered>>>;
type Values = Readonly<Record<string, unknown>>;
type Names = Readonly<Record<string, string>>;

/** The parameters of an operation as GraphQL arguments. */
function parameterArguments({ params }: Operation, names: Names): Arguments {
  if (!params) return {};
  return Object.fromEntries(
    parameterNames(params).map((name) => {
      const property = propertyOf(params, name);
      const argument = names[name] ?? name;
      return [
        argument,
        {
          type: typeOf(property, 'input', ''),
          description: String(property.description),
          required: property.required !== false,
          ...(property.default === undefined ? {} : { default: property.default }),
        },
      ];
    }),
  );
}

function argumentsOf(operation: Operation, names: Names): Arguments {
  const { input, inputIsOptional, list, fenced } = operation;
  return {
    ...parameterArguments(operation, names),
    ...(list ? listArguments(list) : {}),
    ...(input ? inputOf(input, inputIsOptional !== true) : {}),
    ...(fenced ? FENCE_ARGUMENT : {}),
    ...(isWrite(operation) ? guardArguments(guardOf(operation)) : {}),
  };
}

function typeOfAnswer(operation: Operation): GraphqlType {
  const { list, receipt, feed, returns } = operation;
  if (list) return connectionOf(list.shape);
  if (receipt) return outputType(receipt.shape);
  if (feed) return outputType(feed.shape);
  const shape = shapeOf(operation);
  if (!shape) return Boolean;
  return Array.isArray(returns) ? [outputType(shape)] : outputType(shape);
}

function parametersOf({ params }: Operation, args: Values, names: Names): object {
  if (!params) return {};
  const given = parameterNames(params).map((name) => [name, args[names[name] ?? name]]);
  const { values, problems } = readParameters(params, Object.fromEntries(given) as Values, { isText: false });
  if (problems.length > 0) throw invalid(problems.map((one) => located(one, (name) => names[name] ?? name)));
  return values;
}

function answered(operation: Operation, call: Call, result: Answered): unknown {
  const { list, receipt, feed } = operation;
  const shape = shapeOf(operation);
  if (!shape) return true;
  if (!result) return null;
  if ('page' in result) return call.page(list?.shape ?? shape, result);
  if ('nextCursor' in result)
    return { [feed?.rows ?? 'nodes']: JSON.parse(result.data) as unknown[], nextCursor: result.nextCursor };
  if (receipt) return call.receipt(receipt.whole, receipt.part, result.data);
  return call.value(shape, result.data);
}

type Resolve = (
  this: { operations: Runner },
  root: unknown,
  args: Values,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
) => Promise<unknown>;

function resolveOf(operation: Operation, names: Names): Resolve {
  const { list, sparse } = operation;
  const shape = shapeOf(operation);
  const locate = problemLocator(operation, (name) => names[name] ?? name);
  return async function (_root, args, context, info) {
    const call = new Call(args, context, info);
    // Outside the try: what is wrong with the arguments is under their names already, and must not be renamed again.
    const asked = {
      session: call.session,
      params: parametersOf(operation, args, names),
      input: call.input,
      version: call.ifMatch,
      fence: call.fence,
      isExpanded: false,
      fields: sparse && shape ? call.columns(shape) : undefined,
      list: list ? call.list(list) : undefined,
    } as ListCall;
    try {
      return await answered(operation, call, await this.operations[operation.method]?.(asked));
    } catch (error) {
      throw locate(error);
    }
  };
}

/** Root fields are nullable, so that one failing field does not remove the results of the others. */
function fieldDecorators(operation: Operation, field: string, names: Names): MethodDecorator[] {
  const type = typeOfAnswer(operation);
  const options = { name: field, description: `${operation.summary}.`, nullable: true };
  return [
    isWrite(operation) ? Mutation(() => type, options) : Query(() => type, options),
    declareArguments(argumentsOf(operation, names)),
    accessTo(operation),
  ];
}

/** Declares every output type before any input type. */
export function declareOutputs(operations: readonly Operation[], relations: readonly Relation[]): void {
  for (const relation of relations) declareRelation(relation);
  for (const operation of operations.filter((one) => fieldOf(one))) {
    if (operation.receipt) declareReceipt(operation.receipt);
    typeOfAnswer(operation);
  }
}

const built = new WeakMap<Type, Type<object>>();

/**
 * Builds the resolver of a class of operations: one root field per operation, with the same metadata as a hand-written
 * resolver. Guards, pipes and interceptors therefore need no special case.
 */
export function graphqlResolver(operations: Type): Type<object> {
  const known = built.get(operations);
  if (known) return known;
  class OperationResolver {
    constructor(readonly operations: Runner) {}
  }
  const name = operations.name.replace(/Operations$/, 'Resolver');
  Object.defineProperty(OperationResolver, 'name', { value: name });
  Inject(operations)(OperationResolver, undefined, 0);
  const prototype = OperationResolver.prototype as unknown as Record<string, unknown>;
  for (const operation of operationsOf(operations)) {
    const surface = fieldOf(operation);
    if (!surface) continue;
    const names = surface.arguments ?? {};
    prototype[operation.name] = resolveOf(operation, names);
    // Nest requires the compiler's metadata for every method with arguments, even when all types are declared.
    Reflect.defineMetadata('design:paramtypes', [], prototype, operation.name);
    const descriptor = Object.getOwnPropertyDescriptor(prototype, operation.name) as PropertyDescriptor;
    for (const decorate of fieldDecorators(operation, surface.field, names)) {
      decorate(prototype, operation.name, descriptor);
    }
  }
  Resolver()(OperationResolver);
  built.set(operations, OperationResolver);
  return OperationResolver;
}
