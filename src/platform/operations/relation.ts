import type { Type } from '@nestjs/common';
import type { Access } from '../auth/permission.js';
import type { Shape } from '../schema/field.js';

/** Rows that belong to other rows: how to find them. */
export interface RelatedRows {
  /** A table, or a subquery in brackets. */
  readonly table: string;
  readonly shape: Type;
  /** Column of the table → field of the row it belongs to, the team first where there is one: that is how the indexes are. */
  readonly on: Readonly<Record<string, string>>;
  /** What always holds, on alias `t`. */
  readonly where?: readonly string[];
  /** Order on alias `t`, of what there may be several of. */
  readonly orderBy?: string;
}

/** A field of a shape that holds one row of another shape, or several: a client may ask for them with it. */
export interface Relation {
  readonly owner: Shape;
  readonly name: string;
  readonly description: string;
  readonly rows: RelatedRows;
  /** False: one row or null, because it may not be there or not be visible. */
  readonly many: boolean;
  readonly access: Access;
}
