import { Injectable } from '@nestjs/common';
import type { GraphQLResolveInfo } from 'graphql';
import { Kind } from 'graphql';
import { mayAccess } from '../auth/identity.js';
import type { Session } from '../auth/session.js';
import { Database } from '../database/database.js';
import { Fault, invalid } from '../faults/fault.js';
import type { Shape } from '../schema/field.js';
import { fieldsOf } from '../schema/field.js';
import { perObject } from '../schema/per-object.js';
import { propertiesOf, shapeIn } from '../schema/property.js';
import { LIMIT_MAX } from '../schema/list-request.js';
import type { Relation } from '../operations/relation.js';
import { RELATED_DEFAULT, relationsOf } from './relation.js';
import { relatedRows } from './relation.queries.js';
import type { Asked, Selection } from './selection.js';

export type Row = Record<string, unknown>;

/** The fields of a shape that contain rows of another shape, such as the task of a claim. */
const nestedShapes = perObject((shape: Shape): readonly (readonly [string, Shape])[] =>
  [...propertiesOf(shape)].flatMap(([name, property]) => {
    const inner = shapeIn(property);
    return inner ? [[name, inner.shape] as const] : [];
  }),
);
type Variables = GraphQLResolveInfo['variableValues'];

/** The columns to read of a shape: the selected ones, and the keys of its relations. */
export function columnsFor(shape: Shape, selection: Selection): string[] {
  const relations = relationsOf(shape);
  const wanted = new Set(selection.keys());
  for (const name of selection.keys()) {
    for (const field of Object.values(relations.get(name)?.rows.on ?? {})) wanted.add(field);
  }
  const known = fieldsOf(shape).map(({ name }) => name);
  const columns = known.filter((name) => wanted.has(name));
  return columns.length > 0 ? columns : known.slice(0, 1);
}

function firstOf({ name, nodes }: Asked, variables: Variables): number {
  const asked = nodes.map((node) => {
    const value = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
    if (value?.kind === Kind.VARIABLE) return (variables[value.name.value] as number | undefined) ?? RELATED_DEFAULT;
    return value?.kind === Kind.INT ? Number(value.value) : RELATED_DEFAULT;
  });
  const [first = RELATED_DEFAULT] = asked;
  if (first < 1 || first > LIMIT_MAX) {
    throw invalid([{ path: `${name}.first`, message: `must be from 1 to ${LIMIT_MAX}`, code: 'INVALID_PARAMETER' }]);
  }
  if (asked.some((one) => one !== first)) {
    throw invalid([{ path: `${name}.first`, message: 'must be the same in every place', code: 'INVALID_PARAMETER' }]);
  }
  return first;
}

function allowed(session: Session, { name, access }: Relation): void {
  if (mayAccess(access, session.permissions)) return;
  const needed = access.kind === 'permission' ? access.permissions.join(' or ') : '';
  throw new Fault('FORBIDDEN', `${name} requires the permission ${needed}.`);
}

/**
 * Adds the selected related rows to rows, with one statement per relation and level for any number of rows. No resolver
 * runs per row.
 */
@Injectable()
export class Related {
  constructor(private readonly database: Database) {}

  /** @throws Fault FORBIDDEN, VALIDATION_FAILED */
  async fill(
    session: Session,
    shape: Shape,
    rows: readonly Row[],
    selection: Selection,
    variables: Variables,
  ): Promise<void> {
    const relations = relationsOf(shape);
    const asked = [...selection.values()].flatMap((one) => {
      const relation = relations.get(one.name);
      return relation ? [{ one, relation }] : [];
    });
    for (const { relation } of asked) allowed(session, relation);
    await Promise.all([
      ...asked.map(({ one, relation }) => this.fillOne(session, rows, relation, one, variables)),
      ...nestedShapes(shape).flatMap(([name, inner]) => {
        const selected = selection.get(name)?.inner;
        if (!selected) return [];
        const parts = rows.flatMap((row) => (row[name] ?? []) as Row | Row[]) as Row[];
        return [this.fill(session, inner, parts, selected, variables)];
      }),
    ]);
  }

  private async fillOne(
    session: Session,
    rows: readonly Row[],
    relation: Relation,
    asked: Asked,
    variables: Variables,
  ): Promise<void> {
    const limit = relation.many ? firstOf(asked, variables) : 1;
    const fields = Object.values(relation.rows.on);
    const keys = new Map<string, readonly unknown[]>();
    const keyOf = (row: Row): string | null =>
      fields.some((field) => row[field] === null || row[field] === undefined)
        ? null
        : fields.map((field) => String(row[field])).join(' ');
    for (const row of rows) {
      const key = keyOf(row);
      if (key !== null)
        keys.set(
          key,
          fields.map((field) => row[field]),
        );
    }
    const found = new Map<string, Row[]>();
    if (keys.size > 0) {
      const { shape } = relation.rows;
      const statement = relatedRows(relation.rows, [...keys.values()], columnsFor(shape, asked.inner), limit);
      const [answer] = await this.database.search(session, statement);
      const lists = JSON.parse(answer?.data ?? '[]') as Row[][];
      [...keys.keys()].forEach((key, index) => found.set(key, lists[index] ?? []));
      await this.fill(session, shape, lists.flat(), asked.inner, variables);
    }
    for (const row of rows) {
      const list = found.get(keyOf(row) ?? '') ?? [];
      row[relation.name] = relation.many ? list : (list[0] ?? null);
    }
  }
}
