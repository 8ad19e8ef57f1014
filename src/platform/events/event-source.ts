import type { Shape } from '../schema/field.js';

/** One type of event. */
export interface EventType {
  readonly type: string;
  /** What happened, for the documentation. */
  readonly description: string;
  /**
   * The SQL condition under which a row of the audit trail becomes this event. It may use `p_operation` (INSERT, UPDATE,
   * DELETE), `p_actor`, `p_changed` (columns), `p_old` and `p_new`. One row may become several events, in declared order.
   */
  readonly when: string;
  /** What its data names beside the resource: name → SQL over `p_row` (the resource) and `p_actor`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The events of one or several tables. */
export interface EventSource {
  /** The suffix of its SQL functions, as in `app.event_types_of_task`. */
  readonly name: string;
  readonly tables: readonly string[];
  /** SQL of the resource's path, such as `tasks/<id>`, over `p_team`, `p_record`, `p_task` (ids) and `p_row`. */
  readonly subject: string;
  /** The permission required to read such an event. */
  readonly needs: string;
  readonly events: readonly EventType[];
  /** What the event contains of the resource. */
  readonly payload: EventPayload;
}

/** The resource in an event. It has the names and the order of the REST response. */
export interface EventPayload {
  /** The suffix of its SQL function, as in `app.event_data_of_task`. */
  readonly name: string;
  readonly shape: Shape;
  /** Fields that events never contain. */
  readonly without?: readonly string[];
  /** SQL over `p_row` for fields that are not plain columns. */
  readonly expressions?: Readonly<Record<string, string>>;
  /** Columns outside the shape whose changes are reported: column → name. */
  readonly alsoChanges?: Readonly<Record<string, string>>;
  /** Columns whose changes are not reported. */
  readonly unchanged?: readonly string[];
}

export const inserted = "p_operation = 'INSERT'";
export const deleted = "p_operation = 'DELETE'";
/** An update that changed at least one reported column. */
export const updated = "p_operation = 'UPDATE' and p_changed <> '{}'";

const columnList = (columns: readonly string[]): string => `array[${columns.map((one) => `'${one}'`).join(', ')}]`;

/** An update that changed at least one of these columns. */
export const changed = (...columns: string[]): string =>
  `p_operation = 'UPDATE' and p_changed && ${columnList(columns)}`;

/** An update that changed other columns than these. */
export const changedBeyond = (...columns: string[]): string =>
  `p_operation = 'UPDATE' and not p_changed <@ ${columnList(columns)}`;

export const either = (...conditions: string[]): string => conditions.map((one) => `(${one})`).join(' or ');

/** The SQL of `names`: the id of the resource, and the user who did it (null for background work). */
export const itsId = "p_row -> 'id'";
export const itsActor = 'to_jsonb(p_actor)';

/** The three events of most resources: created, updated, deleted. */
export function lifecycle(resource: string, name: string): readonly EventType[] {
  return [
    { type: `${resource}.created`, description: `${name} was created.`, when: inserted },
    { type: `${resource}.updated`, description: `${name} was changed.`, when: updated },
    { type: `${resource}.deleted`, description: `${name} was deleted.`, when: deleted },
  ];
}
