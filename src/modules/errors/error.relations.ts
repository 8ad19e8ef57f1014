import { partOf, relateMany } from '../../platform/graphql/relation.js';
import { Task } from '../tasks/task.dto.js';
import { errorRows } from './error-related.queries.js';
import { ErrorLog, ErrorReceipt } from './error.dto.js';

const access = { kind: 'permission', permissions: ['errors:read'] } as const;

relateMany(Task, 'errors', errorRows, { description: 'Errors that are linked to it, the latest first.', access });
partOf(ErrorReceipt, 'error', ErrorLog, 'The error; null to those who may not read errors.');
