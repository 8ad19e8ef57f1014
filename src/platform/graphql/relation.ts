import { Field, Int, TypeMetadataStorage } from '@nestjs/graphql';
import type { Receipt } from '../operations/operation.js';
import type { Relation } from '../operations/relation.js';
import { LIMIT_MAX } from '../schema/list-request.js';
import type { Shape } from '../schema/field.js';
import { outputType } from './shape-types.js';

export const RELATED_DEFAULT = 20;

const relations = new Map<Shape, Map<string, Relation>>();

export function relationsOf(shape: Shape): ReadonlyMap<string, Relation> {
  return relations.get(shape) ?? new Map<string, Relation>();
}

const fields = new Set<string>();

/** Whether a field of a type is a relation, which needs its own statement. */
export function isRelation(type: string | undefined, field: string): boolean {
  return fields.has(`${type}.${field}`);
}

/** Adds the field of a relation to its owner's type. */
export function declareRelation(relation: Relation): void {
  const { owner, description } = relation;
  const own = relations.get(owner) ?? new Map<string, Relation>();
  if (own.get(relation.name) === relation) return;
  own.set(relation.name, relation);
  fields.add(`${owner.name}.${relation.name}`);
  relations.set(owner, own);
  const type = outputType(relation.rows.shape);
  outputType(owner);
  const prototype = owner.prototype as object;
  Field(() => (relation.many ? [type] : type), { nullable: !relation.many, description })(prototype, relation.name);
  if (!relation.many) return;
  // Stores what @Args would store, because Nest ignores @Args on classes that are not resolvers.
  TypeMetadataStorage.addMethodParamMetadata({
    kind: 'arg',
    name: 'first',
    typeFn: () => Int,
    target: owner,
    methodName: relation.name,
    index: 0,
    options: { nullable: true, defaultValue: RELATED_DEFAULT },
    description: `Maximum number of rows, up to ${LIMIT_MAX}.`,
  });
}

const parts = new Set<Shape>();

/** Adds the field with the full row to the type of a receipt. The resolver fills it. */
export function declareReceipt({ shape, part, whole, description }: Receipt): void {
  if (parts.has(shape)) return;
  parts.add(shape);
  const type = outputType(whole);
  outputType(shape);
  Field(() => type, { nullable: true, description })(shape.prototype as object, part);
}
