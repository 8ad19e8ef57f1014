import type { Shape } from '../schema/field.js';

/** One type of event. */
export interface EventType {
  readonly type: string;
  /** For readers of the documentation: what happened. */
  readonly description: string;
  /**
   * When a row of the audit trail stands for it: a condition in SQL over `p_operation` (INSERT, UPDATE, DELETE),
   * `p_actor`, `p_changed` (columns), `p_old` and `p_new`. One row may stand for several types, in their order here.
   */
  readonly when: string;
}

/** The events of the rows of some tables. */
export interface EventSource {
  /** Names its SQL functions: `app.event_types_of_task`. */
  readonly name: string;
  readonly tables: readonly string[];
  /** What the event is about, such as `tasks/<id>`: SQL over `p_team`, `p_record`, `p_task` (ids) and `p_row`. */
  readonly subject: string;
  /** The permission that reading such an event takes. */
  readonly needs: string;
  readonly events: readonly EventType[];
  /** What the event tells of the resource. */
  readonly payload: EventPayload;
}

/** A resource as events tell it: the names and the order of the REST answers. */
export interface EventPayload {
  /** Names its SQL function: `app.event_data_of_task`. */
  readonly name: string;
  readonly shape: Shape;
  /** Fields that never leave the database with an event. */
  readonly without?: readonly string[];
  /** SQL over `p_row` of fields that are no plain columns. */
  readonly expressions?: Readonly<Record<string, string>>;
  /** Columns whose changes are told although the resource does not show them, and their names. */
  readonly alsoChanges?: Readonly<Record<string, string>>;
  /** Columns whose changes are not told. */
  readonly unchanged?: readonly string[];
}

export const inserted = "p_operation = 'INSERT'";
export const deleted = "p_operation = 'DELETE'";
/** An update that changed something that events tell. */
export const updated = "p_operation = 'UPDATE' and p_changed <> '{}'";

const columnList = (columns: readonly string[]): string => `array[${columns.map((one) => `'${one}'`).join(', ')}]`;

/** An update that changed one of these columns. */
export const changed = (...columns: string[]): string =>
  `p_operation = 'UPDATE' and p_changed && ${columnList(columns)}`;

/** An update that changed more than these columns. */
export const changedBeyond = (...columns: string[]): string =>
  `p_operation = 'UPDATE' and not p_changed <@ ${columnList(columns)}`;

/** Either. */
export const either = (...conditions: string[]): string => conditions.map((one) => `(${one})`).join(' or ');

/** Created, updated, deleted: what most resources have. */
export function lifecycle(resource: string, name: string): readonly EventType[] {
  return [
    { type: `${resource}.created`, description: `${name} was created.`, when: inserted },
    { type: `${resource}.updated`, description: `${name} was changed.`, when: updated },
    { type: `${resource}.deleted`, description: `${name} was deleted.`, when: deleted },
  ];
}
