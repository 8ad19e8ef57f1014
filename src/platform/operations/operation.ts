import type { CustomDecorator, Type } from '@nestjs/common';
import { Injectable, SetMetadata, applyDecorators } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import type { FaultCode } from '../faults/catalogue.js';
import type { Shape } from '../schema/field.js';
import type { FilterRequest, FilterRules, ListRequest, ListRules } from '../schema/list-request.js';
import type { ListPage } from '../schema/list-run.js';

/**
 * `read` returns one value, `list` a page in the list grammar. `create`, `update` and `delete` change one resource.
 * `action` is any other write.
 */
export type OperationKind = 'read' | 'list' | 'create' | 'update' | 'delete' | 'action';

/** A call of an operation, independent of the surface. */
export interface Call<Params = object> {
  readonly session: Session;
  /** Typed and validated. */
  readonly params: Params;
  /** The input as sent. The use case validates it, together with its domain rules. */
  readonly input: unknown;
  /** The version that the change is based on (`If-Match`); null without one. */
  readonly version: number | null;
  /** The fence of the caller's lease (`Lease-Fence`); null without one. */
  readonly fence: number | null;
  /** The selected fields of the row; undefined selects all. */
  readonly fields: readonly string[] | undefined;
  /** Whether the fields hold parts of other resources, which change without a new version of the row. */
  readonly isExpanded: boolean;
}

/** A call of a list operation. */
export interface ListCall<Params = object> extends Call<Params> {
  readonly list: ListRequest;
}

/** A call of an operation that takes filters. */
export interface FilterCall<Params = object> extends Call<Params> {
  readonly filter: FilterRequest;
}

/** A call with all that any operation can take. */
export type AnyCall<Params = object> = ListCall<Params> & FilterCall<Params>;

/** A result as JSON text, written by PostgreSQL where possible. */
export interface Result {
  readonly data: string;
  readonly id?: string;
  /** Omitted when the resource has no version. */
  readonly version?: number;
  /** False when the resource already existed, so nothing was created. */
  readonly isNew?: boolean;
}

/** A page of a feed: rows in one fixed order, paged by cursor only. */
export interface FeedPage {
  /** A JSON array. */
  readonly data: string;
  readonly limit: number;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** A result from a value that does not come from PostgreSQL. */
export const json = (value: unknown): Result => ({ data: JSON.stringify(value) });

/** The only accepted reasons for leaving an operation off a surface. */
export const ABSENCES = ['file transfer', 'cookie', 'probe', 'server-rendered page'] as const;
export type Absence = (typeof ABSENCES)[number];

/** Marks a surface that does not offer the operation. */
interface Absent {
  readonly absent: Absence;
}

interface RestSurface {
  /** `GET /tasks/{id}`. Several where clients expect more than one HTTP method. */
  readonly route: string | readonly string[];
  /** Default: 201 for `create`, 204 for an operation without a result, else 200. */
  readonly status?: number;
  /** The shape of the body where it holds more than the input, such as values that other surfaces pass as arguments. */
  readonly body?: new () => object;
  /** The path of the created resource, below `/api/v1`. */
  location?(result: Result & { readonly id: string }, params: object): string;
}

interface GraphqlSurface {
  readonly field: string;
  /** Arguments whose name differs from the parameter: parameter → argument. */
  readonly arguments?: Readonly<Record<string, string>>;
}

/** The result for a caller who may write but not read. GraphQL always returns it, with the full row in `part`. */
export interface Receipt {
  readonly shape: Type;
  readonly whole: Type;
  readonly part: string;
  readonly description: string;
}

/** The declaration of one use case. Every surface is derived from it. */
export interface OperationSpec {
  /** Default: the method's name. */
  readonly name?: string;
  /** One sentence, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** What a success says to people, without a full stop. Default: made from the name, such as "Task created". */
  readonly message?: string;
  readonly kind: OperationKind;
  /** One permission, or several of which any one is enough. `signed-in` requires only a valid credential. */
  readonly permission: string | readonly [string, ...string[]];
  /** Parameters. Those named in the route's braces are in the path, the others in the query string. */
  readonly params?: Shape;
  /** The body. */
  readonly input?: new () => object;
  readonly inputIsOptional?: boolean;
  /** The member of the input whose items are refused one by one: a value that cannot be stored costs only its item. */
  readonly items?: string;
  /** Rules of a `list`. */
  readonly list?: ListRules;
  /** Filters of a read that is no `list`: query parameters in REST, `filter` and `search` in GraphQL. */
  readonly filters?: FilterRules;
  /** The shape of the result, `[Shape]` for several rows; omitted when there is no result. */
  readonly returns?: Type | readonly [Type];
  /** The GraphQL type of a feed. `rows` names the field that holds the rows, next to `nextCursor`. */
  readonly feed?: { readonly shape: Type; readonly rows: string };
  /** Returned instead to a caller who may write but not read. */
  readonly receipt?: Receipt;
  /** The caller may select fields. */
  readonly sparse?: boolean;
  /** The result with the fields that `expand` adds. Only REST has them: GraphQL has relations. */
  readonly expands?: Shape;
  /**
   * Whether the response has its version as an ETag. `partly` when parts of it change without a new version, so that
   * 304 would be wrong. Default: true for guarded writes that return one resource, false for reads.
   */
  readonly versioned?: boolean | 'partly';
  /**
   * What protects a write: an idempotency key, the version that it is based on, or nothing. Default: `idempotency` for
   * `create` and `action`, `version` for `update` and `delete`.
   */
  readonly guard?: 'idempotency' | 'version' | 'none';
  /** Also open to the ingest keys of projects, over REST. */
  readonly takesIngestKeys?: boolean;
  /** The write accepts a lease fence. */
  readonly fenced?: boolean;
  /** Describes 200 where 201 is the usual status. */
  readonly repeated?: string;
  /** Describes an empty result (204, null). */
  readonly orNothing?: string;
  /** Faults beyond those that every operation can have. */
  readonly faults?: readonly FaultCode[];
  readonly rest: string | RestSurface | Absent;
  readonly graphql: string | GraphqlSurface | Absent;
  /** Name of the tool for agents; omitted when there is none. */
  readonly tool?: string;
}

/** A registered operation. */
export interface Operation extends OperationSpec {
  readonly name: string;
  /** The name of the method that runs it. */
  readonly method: string;
}

/** What the method of an operation returns. */
export type Answered = Result | ListPage | FeedPage | null | undefined;
type Method = ((call: AnyCall<never>) => Promise<Answered>) | ((call: AnyCall<never>) => Promise<void>);

const HTTP_ONLY = 'taskmaster:http-only';

/** Says why a hand-written handler is not an operation. */
export const HttpOnly = (reason: Absence): CustomDecorator => SetMetadata(HTTP_ONLY, reason);

export function httpOnlyOf(handler: object): Absence | undefined {
  return Reflect.getMetadata(HTTP_ONLY, handler) as Absence | undefined;
}

const OPERATION = 'taskmaster:operation';
const TAG = 'taskmaster:operations';

/** Declares a method as an operation. */
export function Operation(
  spec: OperationSpec,
): <M extends Method>(target: object, name: string, descriptor: TypedPropertyDescriptor<M>) => void {
  return (_target, name, descriptor) => {
    if (descriptor.value)
      Reflect.defineMetadata(OPERATION, { name, ...spec, method: name } satisfies Operation, descriptor.value);
  };
}

/** Marks a class whose methods are operations. `tag` groups them in the documentation. */
export function Operations(tag: string): ClassDecorator {
  return applyDecorators(SetMetadata(TAG, tag), Injectable());
}

/** The tag of a class of operations; undefined for any other class. */
export function tagOf(type: object): string | undefined {
  return Reflect.getMetadata(TAG, type) as string | undefined;
}

const isAbsent = (surface: OperationSpec['rest' | 'graphql']): surface is Absent =>
  typeof surface === 'object' && 'absent' in surface;

/** Why a surface lacks an operation; null when it has it. */
export function absenceOf(surface: OperationSpec['rest' | 'graphql']): Absence | null {
  return isAbsent(surface) ? surface.absent : null;
}

/** The shape of the HTTP request body; undefined when the operation reads none. */
export function bodyOf({ rest, input }: OperationSpec): (new () => object) | undefined {
  return (typeof rest === 'object' && !isAbsent(rest) ? rest.body : undefined) ?? input;
}

/** The operations of a class, in source order. */
export function operationsOf(type: Type): readonly Operation[] {
  const prototype = type.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const method = prototype[name];
    if (typeof method !== 'function') return [];
    const operation = Reflect.getMetadata(OPERATION, method) as Operation | undefined;
    return operation ? [operation] : [];
  });
}

/** The routes of an operation; empty when REST does not offer it. */
export function routesOf({ rest }: OperationSpec): readonly { readonly method: string; readonly path: string }[] {
  if (isAbsent(rest)) return [];
  const routes = typeof rest === 'string' ? rest : rest.route;
  return [routes].flat().map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path };
  });
}

/** The GraphQL field of an operation; null when GraphQL does not offer it. */
export function fieldOf({ graphql }: OperationSpec): GraphqlSurface | null {
  if (isAbsent(graphql)) return null;
  return typeof graphql === 'string' ? { field: graphql } : graphql;
}

export const isWrite = ({ kind }: OperationSpec): boolean => kind !== 'read' && kind !== 'list';

export function guardOf(spec: OperationSpec): 'idempotency' | 'version' | 'none' {
  if (!isWrite(spec)) return 'none';
  return spec.guard ?? (spec.kind === 'create' || spec.kind === 'action' ? 'idempotency' : 'version');
}

/** The HTTP status of a success. */
export function statusOf(spec: OperationSpec): number {
  const { rest } = spec;
  if (typeof rest === 'object' && !isAbsent(rest) && rest.status !== undefined) return rest.status;
  if (spec.returns === undefined) return 204;
  return spec.kind === 'create' ? 201 : 200;
}

/** Whether the response has an ETag. */
export function versioningOf(spec: OperationSpec): boolean | 'partly' {
  if (spec.versioned !== undefined) return spec.versioned;
  return isWrite(spec) && guardOf(spec) !== 'none' && spec.returns !== undefined && !Array.isArray(spec.returns);
}

/** The shape of one row of the result; undefined when there is no result. */
export function shapeOf({ returns }: OperationSpec): Type | undefined {
  return Array.isArray(returns) ? (returns as readonly [Type])[0] : (returns as Type | undefined);
}
