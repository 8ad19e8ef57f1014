import type { CustomDecorator, Type } from '@nestjs/common';
import { Injectable, SetMetadata, applyDecorators } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import type { FaultCode } from '../faults/catalogue.js';
import type { Shape } from '../schema/field.js';
import type { ListRequest, ListRules } from '../schema/list-request.js';
import type { ListPage } from '../schema/list-run.js';

/**
 * `read` answers one thing, `list` a page in the list grammar. `create`, `update` and `delete` change one resource;
 * `action` is every other write.
 */
export type OperationKind = 'read' | 'list' | 'create' | 'update' | 'delete' | 'action';

/** What an operation is asked, in no surface's terms. */
export interface Call<Params = object> {
  readonly session: Session;
  /** The parameters, typed and within their bounds. */
  readonly params: Params;
  /** The input as it was sent; the use case validates it together with the rules that concern it. */
  readonly input: unknown;
  /** The version that the caller's change is based on (`If-Match`); null when none was named. */
  readonly version: number | null;
  /** The lease that the write is done under (`Lease-Fence`); null when none was named. */
  readonly fence: number | null;
  /** The fields that the caller wants of the row; undefined: all of them. */
  readonly fields: readonly string[] | undefined;
}

/** What a list is asked. */
export interface ListCall<Params = object> extends Call<Params> {
  readonly list: ListRequest;
}

/** An answer as JSON text, as PostgreSQL wrote it where possible. */
export interface Result {
  readonly data: string;
  readonly id?: string;
  /** Left out of what has no version. */
  readonly version?: number;
  /** False: nothing was created, because the thing existed already. */
  readonly isNew?: boolean;
}

/** A page of a feed: rows in one fixed order, walked by cursor alone. */
export interface FeedPage {
  /** A JSON array. */
  readonly data: string;
  readonly limit: number;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** A value of the service's own as a result. */
export const json = (value: unknown): Result => ({ data: JSON.stringify(value) });

/** Why an operation is missing on a surface. Any other reason is none. */
export const ABSENCES = ['file transfer', 'cookie', 'probe', 'server-rendered page'] as const;
export type Absence = (typeof ABSENCES)[number];

/** A surface that lacks the operation. */
interface Absent {
  readonly absent: Absence;
}

interface RestSurface {
  /** `GET /tasks/{id}`; several where clients expect more than one method. */
  readonly route: string | readonly string[];
  /** Default: 201 of `create`, 204 of `delete` and of what returns nothing, else 200. */
  readonly status?: number;
  /** The body, where it takes more than the input: what other surfaces pass as arguments. Optional without an input. */
  readonly body?: new () => object;
  /** The path of what was created, below `/api/v1`. */
  location?(result: Result & { readonly id: string }, params: object): string;
}

interface GraphqlSurface {
  readonly field: string;
  /** What parameters are called here, where that differs: parameter → argument. */
  readonly arguments?: Readonly<Record<string, string>>;
}

/** What is answered to a caller who may write and not read. GraphQL answers it always, with the whole row in a part. */
export interface Receipt {
  readonly shape: Type;
  readonly whole: Type;
  readonly part: string;
  readonly description: string;
}

/** One use case, declared once; every surface follows from it. */
export interface OperationSpec {
  /** Default: the name of the method. */
  readonly name?: string;
  /** One sentence without its full stop. */
  readonly summary: string;
  readonly description?: string;
  readonly kind: OperationKind;
  /** A permission, or several of which one is enough. `signed-in`: a valid credential and nothing else. */
  readonly permission: string | readonly [string, ...string[]];
  /** What addresses and narrows: the names in the route's braces are in the path, the others in the query string. */
  readonly params?: Shape;
  /** The body. */
  readonly input?: new () => object;
  readonly inputIsOptional?: boolean;
  /** The rules of a `list`. */
  readonly list?: ListRules;
  /** The shape of the answer, `[Shape]` of several; left out of what answers nothing. */
  readonly returns?: Type | readonly [Type];
  /** The shape that GraphQL gives a feed: its rows under `rows`, and `nextCursor`. */
  readonly feed?: { readonly shape: Type; readonly rows: string };
  /** Who may write and not read gets this instead. */
  readonly receipt?: Receipt;
  /** The caller may ask for some fields only. */
  readonly sparse?: boolean;
  /**
   * Whether the answer carries its version as an ETag; `partly` when some of it changes without the version, so that
   * 304 would be wrong. Default: true of writes that answer one resource, false of reads.
   */
  readonly versioned?: boolean | 'partly';
  /**
   * What protects a write: a key that makes a repetition harmless, the version it is based on, or neither. Default:
   * `idempotency` of `create` and `action`, `version` of `update` and `delete`.
   */
  readonly guard?: 'idempotency' | 'version' | 'none';
  /** The write may be done under a lease. */
  readonly fenced?: boolean;
  /** What 200 means beside 201. */
  readonly repeated?: string;
  /** What it means that there is nothing to answer (204, null). */
  readonly orNothing?: string;
  /** What can go wrong beyond what can go wrong everywhere. */
  readonly faults?: readonly FaultCode[];
  readonly rest: string | RestSurface | Absent;
  readonly graphql: string | GraphqlSurface | Absent;
  /** Name of the tool that agents are offered; left out: none. */
  readonly tool?: string;
}

/** An operation as it is registered. */
export interface Operation extends OperationSpec {
  readonly name: string;
  /** The method that runs it. */
  readonly method: string;
}

/** What an operation returns. */
export type Answered = Result | ListPage | FeedPage | null | undefined;
type Method = ((call: ListCall<never>) => Promise<Answered>) | ((call: ListCall<never>) => Promise<void>);

const HTTP_ONLY = 'taskmaster:http-only';

/** On a hand-written handler: why it is no operation. */
export const HttpOnly = (reason: Absence): CustomDecorator => SetMetadata(HTTP_ONLY, reason);

export function httpOnlyOf(handler: object): Absence | undefined {
  return Reflect.getMetadata(HTTP_ONLY, handler) as Absence | undefined;
}

const OPERATION = 'taskmaster:operation';
const TAG = 'taskmaster:operations';

/** Declares the operation that a method runs. */
export function Operation(
  spec: OperationSpec,
): <M extends Method>(target: object, name: string, descriptor: TypedPropertyDescriptor<M>) => void {
  return (_target, name, descriptor) => {
    if (descriptor.value)
      Reflect.defineMetadata(OPERATION, { name, ...spec, method: name } satisfies Operation, descriptor.value);
  };
}

/** A class whose methods are operations; `tag` groups them in the documentation. */
export function Operations(tag: string): ClassDecorator {
  return applyDecorators(SetMetadata(TAG, tag), Injectable());
}

/** The tag of a class of operations; undefined of any other class. */
export function tagOf(type: object): string | undefined {
  return Reflect.getMetadata(TAG, type) as string | undefined;
}

const isAbsent = (surface: OperationSpec['rest' | 'graphql']): surface is Absent =>
  typeof surface === 'object' && 'absent' in surface;

/** Why a surface lacks an operation; null when it has it. */
export function absenceOf(surface: OperationSpec['rest' | 'graphql']): Absence | null {
  return isAbsent(surface) ? surface.absent : null;
}

/** The body of a request over HTTP; undefined when none is read. */
export function bodyOf({ rest, input }: OperationSpec): (new () => object) | undefined {
  return (typeof rest === 'object' && !isAbsent(rest) ? rest.body : undefined) ?? input;
}

/** The operations of a class, in the order in which they are written. */
export function operationsOf(type: Type): readonly Operation[] {
  const prototype = type.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const method = prototype[name];
    if (typeof method !== 'function') return [];
    const operation = Reflect.getMetadata(OPERATION, method) as Operation | undefined;
    return operation ? [operation] : [];
  });
}

/** The routes of an operation; empty when REST lacks it. */
export function routesOf({ rest }: OperationSpec): readonly { readonly method: string; readonly path: string }[] {
  if (isAbsent(rest)) return [];
  const routes = typeof rest === 'string' ? rest : rest.route;
  return [routes].flat().map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path };
  });
}

/** The field of an operation; null when GraphQL lacks it. */
export function fieldOf({ graphql }: OperationSpec): GraphqlSurface | null {
  if (isAbsent(graphql)) return null;
  return typeof graphql === 'string' ? { field: graphql } : graphql;
}

export const isWrite = ({ kind }: OperationSpec): boolean => kind !== 'read' && kind !== 'list';

export function guardOf(spec: OperationSpec): 'idempotency' | 'version' | 'none' {
  if (!isWrite(spec)) return 'none';
  return spec.guard ?? (spec.kind === 'create' || spec.kind === 'action' ? 'idempotency' : 'version');
}

/** The status of a success over HTTP. */
export function statusOf(spec: OperationSpec): number {
  const { rest } = spec;
  if (typeof rest === 'object' && !isAbsent(rest) && rest.status !== undefined) return rest.status;
  if (spec.returns === undefined) return 204;
  return spec.kind === 'create' ? 201 : 200;
}

/** Whether the answer carries an ETag. */
export function versioningOf(spec: OperationSpec): boolean | 'partly' {
  if (spec.versioned !== undefined) return spec.versioned;
  return isWrite(spec) && guardOf(spec) !== 'none' && spec.returns !== undefined && !Array.isArray(spec.returns);
}

/** The shape of one row of the answer; undefined of what answers nothing. */
export function shapeOf({ returns }: OperationSpec): Type | undefined {
  return Array.isArray(returns) ? (returns as readonly [Type])[0] : (returns as Type | undefined);
}
