import { applyDecorators } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Subscription } from '@nestjs/graphql';
import { Needs, SignedIn } from '../auth/permission.js';
import type { Shape } from '../schema/field.js';
import type { ListRules } from '../schema/list-request.js';
import { FIRST, connectionOf, filterType } from './connection.js';
import { SafeInt } from './scalars.js';
import type { GraphqlType } from './shape-types.js';
import { inputType, outputType } from './shape-types.js';

/** An argument: its type, what it means, and whether it must be given. */
export interface Argument {
  readonly type: GraphqlType;
  readonly description: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

export type Arguments = Readonly<Record<string, Argument>>;

/** The permission that a field needs, or any of several; null: a valid credential and nothing else. */
type Permission = string | readonly [string, ...string[]] | null;

function needs(permission: Permission): MethodDecorator {
  if (permission === null) return SignedIn();
  return typeof permission === 'string' ? Needs(permission) : Needs(...permission);
}

/** Arguments are declared here and read from the call: a resolver has one parameter, whatever its field takes. */
function declared(args: Arguments): MethodDecorator {
  return (target, key) => {
    Object.entries(args).forEach(([name, { type, description, required, default: defaultValue }], index) => {
      const options = { name, type: () => type, description, nullable: required !== true };
      const withDefault = defaultValue === undefined ? options : { ...options, defaultValue };
      Args(withDefault)(target, key, index + 1);
    });
  };
}

export const ID_ARGUMENT: Arguments = { id: { type: ID, description: 'Identifier.', required: true } };

/** Arguments that hold one id each, all of them needed. */
export const ids = (...names: string[]): Arguments =>
  Object.fromEntries(
    names.map((name) => [
      name,
      { type: ID, description: `Identifier of the ${name.replace(/Id$/, '').toLowerCase()}.`, required: true },
    ]),
  );

export function listArguments(rules: ListRules): Arguments {
  const filter = filterType(rules);
  return {
    first: { type: Int, description: FIRST },
    after: { type: String, description: 'Cursor: the rows behind it.' },
    offset: { type: Int, description: 'Rows to skip; a cursor costs the same at any depth.' },
    sort: {
      type: String,
      description: `Field to sort by, - for descending, several by commas. Default ${rules.defaultSort}.`,
    },
    ...(rules.searchable ? { search: { type: String, description: 'Full text: words, "phrases", or, -not.' } } : {}),
    ...(filter ? { filter: { type: filter, description: 'Which rows.' } } : {}),
  };
}

/** Texts that name something. */
export const names = (needed: boolean, descriptions: Readonly<Record<string, string>>): Arguments =>
  Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [name, { type: String, description, required: needed }]),
  );

/** The body of a change. */
export const inputOf = (shape: Shape, required = true): Arguments => ({
  input: { type: inputType(shape), description: 'What is to be written.', required },
});

export const FENCE_ARGUMENT: Arguments = {
  fence: { type: SafeInt, description: 'Fence of the lease that this is done under.' },
};

const DRY_RUN: Arguments = { dryRun: { type: Boolean, description: 'Validate and answer, keep nothing.' } };
const IF_MATCH: Arguments = { ifMatch: { type: Int, description: 'Version that the change is based on.' } };
const IDEMPOTENCY: Arguments = {
  idempotencyKey: {
    type: String,
    description: 'Makes a repetition harmless: for 24 hours the same key gets the same answer.',
  },
};

interface Read {
  readonly returns: Shape | readonly [Shape];
  readonly args?: Arguments;
}

/** Nullable, so that a field that fails leaves the others of its request their answers. */
const answered = (description: string): { description: string; nullable: true } => ({ description, nullable: true });

function typeOfReturn(returns: Read['returns']): GraphqlType {
  if (Array.isArray(returns)) return [outputType(returns[0] as Shape)];
  return outputType(returns as Shape);
}

/** A query that reads one thing. */
export function Reads(permission: Permission, description: string, { returns, args = {} }: Read): MethodDecorator {
  const type = typeOfReturn(returns);
  return applyDecorators(
    Query(() => type, answered(description)),
    declared(args),
    needs(permission),
  );
}

/** A query that reads a page of a list. */
export function Lists(
  permission: Permission,
  description: string,
  rules: ListRules,
  args: Arguments = {},
): MethodDecorator {
  const type = connectionOf(rules.shape);
  return applyDecorators(
    Query(() => type, answered(description)),
    declared({ ...args, ...listArguments(rules) }),
    needs(permission),
  );
}

interface Write {
  /** Null: nothing but that it is done. */
  readonly returns: Shape | readonly [Shape] | null;
  readonly args?: Arguments;
  /** `create` takes an idempotency key, `update` a version; `change` is of something without one. */
  readonly kind: 'create' | 'update' | 'change';
}

/** A mutation. */
export function Writes(
  permission: Permission,
  description: string,
  { returns, args = {}, kind }: Write,
): MethodDecorator {
  const type: GraphqlType = returns === null ? Boolean : typeOfReturn(returns);
  const guards = { create: IDEMPOTENCY, update: { ...IF_MATCH, ...IDEMPOTENCY }, change: IDEMPOTENCY }[kind];
  return applyDecorators(
    Mutation(() => type, answered(description)),
    declared({ ...args, ...DRY_RUN, ...guards }),
    needs(permission),
  );
}

/** A subscription; its method begins it, and what is sent comes from the live feed. */
export function Subscribes(permission: Permission, description: string, { returns, args = {} }: Read): MethodDecorator {
  const type = typeOfReturn(returns);
  return applyDecorators(
    Subscription(() => type, { description }),
    declared(args),
    needs(permission),
  );
}
