import type { ValueNode } from 'graphql';
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { TIMESTAMP_MESSAGE, canonicalTimestamp } from '../schema/timestamp.js';

const same = (value: unknown): unknown => value;

function whole(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new GraphQLError('must be a whole number that a double represents exactly');
}

function instant(value: unknown): string {
  const canonical = canonicalTimestamp(value);
  if (canonical !== null) return canonical;
  throw new GraphQLError(TIMESTAMP_MESSAGE);
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

function word(value: unknown): string | number {
  if (typeof value === 'string' || Number.isSafeInteger(value)) return value as string | number;
  throw new GraphQLError('must be a value of the field, or a word for it');
}

/** Inputs accept words that are no names of GraphQL, such as in-progress, and so filters cannot be enums. */
export const Word = new GraphQLScalarType<unknown, unknown>({
  name: 'Word',
  description: 'A value of a field or a word for it, as inputs accept it: "in-progress", completed, "high", 8.',
  serialize: same,
  parseValue: word,
  parseLiteral: (node: ValueNode) => {
    if (node.kind === Kind.INT) return word(Number(node.value));
    return word(node.kind === Kind.STRING || node.kind === Kind.ENUM ? node.value : null);
  },
});

export const SafeInt = new GraphQLScalarType<unknown, unknown>({
  name: 'SafeInt',
  description: 'A whole number up to 2^53 - 1, such as the fence of a lease.',
  serialize: same,
  parseValue: whole,
  parseLiteral: (node: ValueNode) => whole(node.kind === Kind.INT ? Number(node.value) : null),
});
