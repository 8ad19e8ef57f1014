import { partOf, relateMany } from '../../platform/graphql/relation.js';
import { Task } from '../tasks/task.dto.js';
import { ValidationReceipt } from './validation-input.dto.js';
import { validationRows } from './validation-related.queries.js';
import { Validation } from './validation.dto.js';

const access = { kind: 'permission', permissions: ['validations:read'] } as const;

relateMany(Task, 'validations', validationRows, { description: 'How it was checked, newest first.', access });
partOf(ValidationReceipt, 'validation', Validation, 'The validation; null to those who may not read validations.');
