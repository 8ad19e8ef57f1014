import type { Session } from '../../platform/auth/session.js';
import { invalid } from '../../platform/faults/fault.js';
import { decodeCursor, encodeCursor } from '../../platform/schema/cursor.js';
import { fieldsOf } from '../../platform/schema/field.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { Task } from '../tasks/task.dto.js';
import { AuditEntry } from './audit.dto.js';
import { isUuid } from '../../platform/schema/uuid.js';

export const auditListRules: ListRules = { shape: AuditEntry, defaultSort: '-occurredAt', searchable: false };

export const AUDIT_READ = 'audit:read';

/**
 * The trail shows every table, so only an unrestricted credential may read it, or the credential of an admin with this
 * scope.
 */
export function mayReadTrail({ isAdmin, permissions, scopes }: Session): boolean {
  const has = (permission: string): boolean => permissions.includes(permission) || permissions.includes('*');
  return isAdmin ? has(AUDIT_READ) : scopes === null && has('tasks:read');
}

/** A position in the history of a task: the time and id of an event. */
export interface HistoryPosition {
  readonly occurredAt: string | null;
  readonly id: string | null;
}

const ORDER = '-occurredAt';
const INSTANT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?\+00$/;

/** The position at which a page begins. @throws Fault VALIDATION_FAILED for anything but a cursor of a history */
export function decodeHistoryCursor(cursor: string | undefined): HistoryPosition {
  if (cursor === undefined || cursor === '') return { occurredAt: null, id: null };
  const [occurredAt = '', id = ''] = (decodeCursor(cursor, ORDER, 2) ?? []).map(String);
  if (INSTANT.test(occurredAt) && isUuid(id)) return { occurredAt, id };
  throw invalid([{ path: 'cursor', message: 'is not a cursor of this list and order', code: 'INVALID_CURSOR' }]);
}

export function encodeHistoryCursor(last: string): string {
  return encodeCursor(ORDER, JSON.parse(last) as unknown[]);
}

/** Every change sets these columns, so showing them adds nothing. */
const BOOKKEEPING = new Set(['version', 'updated_at']);

/** The columns of a task that clients can see, with their names. */
export function taskColumns(): { readonly columns: string[]; readonly names: string[] } {
  const fields = fieldsOf(Task).filter(({ sql, column }) => sql === undefined && !BOOKKEEPING.has(column));
  return { columns: fields.map(({ column }) => column), names: fields.map(({ name }) => name) };
}
