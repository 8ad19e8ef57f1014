import type { Type } from '@nestjs/common';
import type { Access } from '../auth/permission.js';
import type { Shape } from '../schema/field.js';

/** How to find the rows that belong to other rows. */
export interface RelatedRows {
  /** A table, or a subquery in parentheses. */
  readonly table: string;
  readonly shape: Type;
  /** Column of the table → field of the owning row. The team comes first where there is one, as in the indexes. */
  readonly on: Readonly<Record<string, string>>;
  /** Fixed conditions, on alias `t`. */
  readonly where?: readonly string[];
  /** The order of several rows, on alias `t`. */
  readonly orderBy?: string;
}

/** A field of a shape that holds one or several rows of another shape. GraphQL clients can select it. */
export interface Relation {
  readonly owner: Shape;
  readonly name: string;
  readonly description: string;
  readonly rows: RelatedRows;
  /** When false, the field holds one row, or null when the row does not exist or is not visible. */
  readonly many: boolean;
  readonly access: Access;
}
