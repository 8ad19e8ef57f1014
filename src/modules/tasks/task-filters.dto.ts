import type { Filter, FilterRules } from '../../platform/schema/list-request.js';
import { Task } from './task.dto.js';
import type { Status } from './task.values.js';

function refusalOf(verb: string, offered: readonly Status[]): (filter: Filter) => string | null {
  const only = `${verb} only tasks that are ${offered.join(' or ')} and have no stage`;
  return ({ field, values, elsewhere = [] }) => {
    if (field.name === 'status') {
      return elsewhere.length === 0 && values.every((one) => offered.some((status) => status === one)) ? null : only;
    }
    if (field.name === 'stage') return values.every((one) => one === null) ? null : only;
    return field.name === 'completedAt' ? only : null;
  };
}

/** The filters of task lists. Project and list are the place to look in, of which there is one. */
const filters: FilterRules = { shape: Task, searchable: true, without: ['projectKey', 'list'] };

export const nextFilters: FilterRules = { ...filters, refusal: refusalOf('next offers', ['pending', 'in_progress']) };

export const claimFilters: FilterRules = { ...filters, refusal: refusalOf('claim gives', ['pending']) };
