import { Field, Int, TypeMetadataStorage } from '@nestjs/graphql';
import type { Access } from '../auth/permission.js';
import { LIMIT_MAX } from '../schema/list-request.js';
import type { Shape } from '../schema/field.js';
import { outputType } from './shape-types.js';

export const RELATED_DEFAULT = 20;

/** Rows that belong to other rows: how to find them. */
export interface RelatedRows {
  /** A table, or a subquery in brackets. */
  readonly table: string;
  readonly shape: Shape;
  /** Column of the table → field of the row it belongs to, the team first where there is one: that is how the indexes are. */
  readonly on: Readonly<Record<string, string>>;
  /** What always holds, on alias `t`. */
  readonly where?: readonly string[];
  /** Order on alias `t`, of what there may be several of. */
  readonly orderBy?: string;
}

/** A field of a shape that holds rows of another one. */
export interface Relation {
  readonly name: string;
  readonly rows: RelatedRows;
  readonly many: boolean;
  readonly access: Access;
}

const relations = new Map<Shape, Map<string, Relation>>();

export function relationsOf(shape: Shape): ReadonlyMap<string, Relation> {
  return relations.get(shape) ?? new Map<string, Relation>();
}

/** Every relation there is, for the test that lists what each needs. */
export function allRelations(): readonly { readonly owner: string; readonly relation: Relation }[] {
  return [...relations].flatMap(([shape, own]) =>
    [...own.values()].map((relation) => ({ owner: shape.name, relation })),
  );
}

const fields = new Set<string>();

/** Whether a field of a type is one that is read by a statement of its own. */
export function isRelation(type: string | undefined, field: string): boolean {
  return fields.has(`${type}.${field}`);
}

export interface RelationOptions {
  readonly description: string;
  readonly access: Access;
}

function add(owner: Shape, relation: Relation, description: string): void {
  const own = relations.get(owner) ?? new Map<string, Relation>();
  own.set(relation.name, relation);
  fields.add(`${owner.name}.${relation.name}`);
  relations.set(owner, own);
  const type = outputType(relation.rows.shape);
  outputType(owner);
  const prototype = owner.prototype as object;
  Field(() => (relation.many ? [type] : type), { nullable: !relation.many, description })(prototype, relation.name);
  if (!relation.many) return;
  // What @Args would store, which is not looked at on a class that is no resolver.
  TypeMetadataStorage.addMethodParamMetadata({
    kind: 'arg',
    name: 'first',
    typeFn: () => Int,
    target: owner,
    methodName: relation.name,
    index: 0,
    options: { nullable: true, defaultValue: RELATED_DEFAULT },
    description: `At most so many, up to ${LIMIT_MAX}.`,
  });
}

/** Adds a field that holds one row of another shape, or null: it may not be there, or not be visible. */
export function relateOne(owner: Shape, name: string, rows: RelatedRows, options: RelationOptions): void {
  add(owner, { name, rows, many: false, access: options.access }, options.description);
}

/** Adds a field that the resolver itself fills, such as the whole row beside a receipt. */
export function partOf(owner: Shape, name: string, shape: Shape, description: string): void {
  const type = outputType(shape);
  outputType(owner);
  Field(() => type, { nullable: true, description })(owner.prototype as object, name);
}

/** Adds a field that holds rows of another shape. */
export function relateMany(owner: Shape, name: string, rows: RelatedRows, options: RelationOptions): void {
  add(owner, { name, rows, many: true, access: options.access }, options.description);
}
