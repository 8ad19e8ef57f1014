import type { Type } from '@nestjs/common';
import { Controller, HttpCode, Inject, Req, RequestMapping, RequestMethod, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { sessionOf } from '../auth/permission.js';
import type { Session } from '../auth/session.js';
import { accessTo } from '../operations/access.js';
import type { Answered, AnyCall, Operation } from '../operations/operation.js';
import {
  bodyOf,
  guardOf,
  isWrite,
  operationsOf,
  routesOf,
  shapeOf,
  statusOf,
  tagOf,
  versioningOf,
} from '../operations/operation.js';
import { parameterNames } from '../schema/parameters.js';
import type { Answer } from './answer.js';
import { atAllowedVersion } from './conditional.js';
import type { Description } from './describe.js';
import { Describe } from './describe.js';
import { Fenced } from './lease-fence.js';
import { itemsIn } from './json-body.js';
import { restAnswers } from './operation-answer.js';
import { RestCalls, pathNames } from './operation-call.js';
import type { ApiRequest } from './request.js';
import { parameter } from './request-parameters.js';

type Runner = Readonly<Record<string, (call: AnyCall) => Promise<Answered>>>;
type Handler = (this: { operations: Runner }, request: ApiRequest, reply?: FastifyReply) => Promise<Answer | undefined>;

function handlerOf(operation: Operation): Handler {
  const calls = new RestCalls(operation);
  const answerOf = restAnswers(operation);
  return async function (request, reply) {
    const { condition, ...call } = calls.of(sessionOf(request as { session?: Session }), request);
    const run = async (one: AnyCall): Promise<Answered> => this.operations[operation.method]?.(one);
    try {
      const result = condition
        ? await atAllowedVersion(condition, (version) => run({ ...call, version }))
        : await run(call);
      const answer = answerOf(result, call);
      if (answer) return answer;
      reply?.code(204);
      return undefined;
    } catch (error) {
      throw calls.located(error);
    }
  };
}

function parameters({ params }: Operation, path: string): MethodDecorator[] {
  const inPath = pathNames(path);
  return params ? parameterNames(params).map((name) => parameter(params, name, inPath.includes(name))) : [];
}

/** Drops undefined members, because a description treats them differently from omitted ones. */
function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

function writeOf(operation: Operation): Description['write'] {
  if (!isWrite(operation)) return undefined;
  return ({ idempotency: 'create', version: 'update', none: 'change' } as const)[guardOf(operation)];
}

/** The documented version and write protection of a route. */
function guards(operation: Operation, method: string): Partial<Description> {
  const write = writeOf(operation);
  const versioning = versioningOf(operation);
  if (write) return { write, keyed: method === 'POST', versioned: versioning !== false };
  if (operation.list !== undefined || operation.feed !== undefined) return { conditional: true };
  return versioning === 'partly' ? { versioned: true } : { conditional: versioning };
}

function description(operation: Operation, operationId: string, method: string): MethodDecorator {
  const { summary, list, filters, faults, repeated, orNothing, returns, receipt } = operation;
  return Describe({
    operationId,
    summary,
    status: statusOf(operation),
    paged: operation.feed !== undefined,
    ...guards(operation, method),
    ...defined({
      description: operation.description,
      returns,
      list,
      filters,
      sparse: operation.sparse ? shapeOf(operation) : undefined,
      expands: operation.expands ?? list?.expands,
      receipt: receipt?.shape,
      repeated,
      orNothing,
      faults,
    }),
  });
}

/** The decorators that a hand-written handler would have. */
function decorators(operation: Operation, name: string, method: string, path: string): MethodDecorator[] {
  const { input, inputIsOptional, fenced } = operation;
  const body = bodyOf(operation);
  const isOptional = inputIsOptional === true || input === undefined;
  return [
    RequestMapping({ path: path.replaceAll(/\{(\w+)\}/g, ':$1'), method: RequestMethod[method as 'GET'] }),
    HttpCode(statusOf(operation)),
    accessTo(operation),
    ...parameters(operation, path),
    ...(fenced ? [Fenced()] : []),
    RouteConfig({
      ...(operation.items === undefined ? {} : { itemOf: itemsIn(operation.items) }),
      ...(operation.takesIngestKeys === true ? { takesIngestKeys: true } : {}),
    }),
    ...(body ? [ApiBody({ type: body, ...(isOptional ? { required: false } : {}) })] : []),
    description(operation, name, method),
  ];
}

/**
 * Builds the Nest controller of a class of operations: one handler per route, with the same metadata as a hand-written
 * controller. Guards, pipes, interceptors and the OpenAPI document therefore need no special case.
 */
export function restController(operations: Type): Type {
  class OperationController {
    constructor(readonly operations: Runner) {}
  }
  Object.defineProperty(OperationController, 'name', { value: operations.name.replace(/Operations$/, 'Controller') });
  Inject(operations)(OperationController, undefined, 0);
  const prototype = OperationController.prototype as unknown as Record<string, unknown>;
  for (const operation of operationsOf(operations)) {
    const handler = handlerOf(operation);
    routesOf(operation).forEach(({ method, path }, index) => {
      const name = index === 0 ? operation.name : `${operation.name}By${method}`;
      prototype[name] = index === 0 ? handler : handlerOf(operation);
      Req()(prototype, name, 0);
      if (operation.orNothing !== undefined) Res({ passthrough: true })(prototype, name, 1);
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
      for (const decorate of decorators(operation, name, method, path)) decorate(prototype, name, descriptor);
    });
  }
  ApiTags(tagOf(operations) ?? '')(OperationController);
  Controller()(OperationController);
  return OperationController;
}
