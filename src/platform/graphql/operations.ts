import { applyDecorators } from '@nestjs/common';
import { Args, Int, Subscription } from '@nestjs/graphql';
import { Needs, SignedIn } from '../auth/permission.js';
import type { Shape } from '../schema/field.js';
import type { ListRules } from '../schema/list-request.js';
import { FIRST, filterType } from './connection.js';
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

/** Arguments are declared here and read from the call: a resolver has one parameter, whatever its field takes. */
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

/** The arguments that protect a write. */
export function guardArguments(guard: 'idempotency' | 'version' | 'none'): Arguments {
  return { ...DRY_RUN, ...IDEMPOTENCY, ...(guard === 'version' ? IF_MATCH : {}) };
}

/** A subscription; its method begins it, and what is sent comes from the live feed. */
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
