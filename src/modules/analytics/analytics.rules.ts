import type { AnalyticsRules } from './analytics-request.js';

/** What each kind of analytics can be asked. */
export const taskRules: AnalyticsRules = {
  groupBy: ['project', 'team', 'assignee', 'type', 'status', 'priority'],
  filters: ['teamId', 'projectKey', 'assigneeId', 'type'],
};

export const validationRules: AnalyticsRules = {
  groupBy: ['type', 'project', 'status'],
  filters: ['teamId', 'projectKey', 'type'],
};
export const errorRules: AnalyticsRules = {
  groupBy: ['severity', 'category', 'code', 'environment', 'service', 'project'],
  filters: ['teamId', 'projectKey'],
};
