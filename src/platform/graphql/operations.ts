import { applyDecorators } from '@nestjs/common';
import { Args, Int, Subscription } from '@nestjs/graphql';
import { Needs, SignedIn } from '../auth/permission.js';
import type { Shape } from '../schema/field.js';
import type { FilterRules, ListRules } from '../schema/list-request.js';
import { FIRST, filterType } from './connection.js';
import { SafeInt } from './scalars.js';
import type { GraphqlType } from './shape-types.js';
import { inputType, outputType } from './shape-types.js';

export interface Argument {
  readonly type: GraphqlType;
  readonly description: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

export type Arguments = Readonly<Record<string, Argument>>;

/** Declares arguments for the schema only. The resolver reads their values from the call. */
export function declareArguments(args: Arguments): MethodDecorator {
  return (target, key) => {
    Object.entries(args).forEach(([name, { type, description, required, default: defaultValue }], index) => {
      const options = { name, type: () => type, description, nullable: required !== true };
      const withDefault = defaultValue === undefined ? options : { ...options, defaultValue };
      Args(withDefault)(target, key, index + 1);
    });
  };
}

export function listArguments(rules: ListRules): Arguments {
  const filter = filterType(rules);
  return {
    first: { type: Int, description: FIRST },
    after: { type: String, description: 'Cursor. The page starts after its row.' },
    offset: { type: Int, description: 'Rows to skip. Unlike an offset, a cursor costs the same at any depth.' },
    sort: {
      type: String,
      description: `Comma-separated fields, with - for descending. Default ${rules.defaultSort}.`,
    },
    ...(rules.searchable ? SEARCH : {}),
    ...(filter ? { filter: { type: filter, description: 'Filters.' } } : {}),
  };
}

const SEARCH: Arguments = {
  search: { type: String, description: 'Full-text search: words, "phrases", or, -not.' },
};

/** The filters of an operation that is no list. */
export function filterArguments(rules: FilterRules, operation: string): Arguments {
  const filter = filterType(rules, operation);
  return {
    ...(rules.searchable ? SEARCH : {}),
    ...(filter ? { filter: { type: filter, description: 'Filters.' } } : {}),
  };
}

export const inputOf = (shape: Shape, required = true): Arguments => ({
  input: { type: inputType(shape), description: 'The values to write.', required },
});

export const FENCE_ARGUMENT: Arguments = {
  fence: { type: SafeInt, description: 'Fence of the lease that the write is made under.' },
};

const DRY_RUN: Arguments = {
  dryRun: { type: Boolean, description: 'Validate and return the result without saving anything.' },
};
const IF_MATCH: Arguments = { ifMatch: { type: Int, description: 'Version that the change is based on.' } };
const IDEMPOTENCY: Arguments = {
  idempotencyKey: {
    type: String,
    description: 'Makes the mutation safe to repeat. For 24 hours, the same key gets the first result again.',
  },
};

/** The arguments that protect a write. */
export function guardArguments(guard: 'idempotency' | 'version' | 'none'): Arguments {
  return { ...DRY_RUN, ...IDEMPOTENCY, ...(guard === 'version' ? IF_MATCH : {}) };
}

/** Declares a subscription. The method starts it, and the live feed sends its results. */
export function Subscribes(
  permission: string | null,
  description: string,
  { returns, args }: { readonly returns: Shape; readonly args: Arguments },
): MethodDecorator {
  return applyDecorators(
    Subscription(() => outputType(returns), { description }),
    declareArguments(args),
    permission === null ? SignedIn() : Needs(permission),
  );
}
