import type { ValueNode } from 'graphql';
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { isTimestamp } from '../schema/timestamp.js';

const same = (value: unknown): unknown => value;

function whole(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new GraphQLError('must be a whole number that a double represents exactly');
}

function instant(value: unknown): string {
  if (isTimestamp(value)) return value;
  throw new GraphQLError('must be an ISO 8601 date or date-time with an offset');
}

/** Returns values of PostgreSQL unchanged, and checks only input. */
export const DateTime = new GraphQLScalarType<unknown, unknown>({
  name: 'DateTime',
  description: 'An instant: ISO 8601 with an offset, or a date (midnight UTC). Output is in UTC, with microseconds.',
  serialize: same,
  parseValue: instant,
  parseLiteral: (node: ValueNode) => instant(node.kind === Kind.STRING ? node.value : null),
});

export const Json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: same,
  parseValue: same,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

export const SafeInt = new GraphQLScalarType<unknown, unknown>({
  name: 'SafeInt',
  description: 'A whole number up to 2^53 - 1, such as the fence of a lease.',
  serialize: same,
  parseValue: whole,
  parseLiteral: (node: ValueNode) => whole(node.kind === Kind.INT ? Number(node.value) : null),
});
