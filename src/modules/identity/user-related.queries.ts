import type { RelatedRows } from '../../platform/operations/relation.js';
import { User } from './user.dto.js';
import { userSource } from './user.queries.js';

/** The user that a field of a row names. */
export const userRows = (field: string): RelatedRows => ({ table: userSource.table, shape: User, on: { id: field } });
