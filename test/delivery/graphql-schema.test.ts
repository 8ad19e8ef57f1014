import { describe, expect, it } from '@jest/globals';
import type { GraphQLNamedType } from 'graphql';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { readFileSync } from 'node:fs';

/*
 * What a client learns from the schema alone. Seen to fail: without the description of one shape, of one value of an
 * enum, and with a list whose items may be null.
 */
const text = readFileSync(new URL('../../docs/generated/schema.gql', import.meta.url), 'utf8');
const types = Object.values(buildSchema(text).getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

interface Described {
  readonly name: string;
  readonly path: string;
  readonly description: string | null | undefined;
}

function fieldsIn(type: GraphQLNamedType): readonly Described[] {
  if (isObjectType(type)) {
    return Object.values(type.getFields()).flatMap(({ name, description, args }) => [
      { name, path: `${type.name}.${name}`, description },
      ...args.map((one) => ({ ...one, path: `${type.name}.${name}(${one.name})`, description: one.description })),
    ]);
  }
  const members = isInputObjectType(type) ? Object.values(type.getFields()) : isEnumType(type) ? type.getValues() : [];
  return members.map(({ name, description }) => ({ name, path: `${type.name}.${name}`, description }));
}

const all: readonly Described[] = types.flatMap((type) => [
  { name: type.name, path: type.name, description: type.description },
  ...fieldsIn(type),
]);

const letters = (words: string): string =>
  words
    .toLowerCase()
    .replace(/^(the|its|an?) /, '')
    .replaceAll(/[^a-z]/g, '');

describe('the GraphQL schema', () => {
  it('describes every type, field, argument and value', () => {
    expect(all.length).toBeGreaterThan(1_000);
    expect(all.filter(({ description }) => !description?.trim()).map(({ path }) => path)).toEqual([]);
  });

  it('describes nothing by its name alone', () => {
    const repeated = all.filter(({ name, description }) => letters(description ?? '') === letters(name));
    expect(repeated.map(({ path }) => path)).toEqual([]);
  });

  it('has lists without null items, except in filters, where null matches rows without a value', () => {
    const lists = types.flatMap((type) =>
      isObjectType(type) || (isInputObjectType(type) && !/Filter$|^ClaimRequest$/.test(type.name))
        ? Object.values(type.getFields()).map((field) => ({ path: `${type.name}.${field.name}`, type: field.type }))
        : [],
    );
    const withNull = lists.filter(({ type }) => {
      const list = isNonNullType(type) ? type.ofType : type;
      return isListType(list) && !isNonNullType(list.ofType);
    });
    expect(withNull.map(({ path }) => path)).toEqual([]);
  });
});
