import type { ListRules } from '../../platform/schema/list-request.js';
import { Project, TaskList } from './project.dto.js';

export const projectListRules: ListRules = {
  shape: Project,
  defaultSort: '-createdAt',
  searchable: false,
  ownUuids: ['teamId'],
};

export const taskListListRules: ListRules = {
  shape: TaskList,
  defaultSort: 'position,list',
  searchable: false,
  ownUuids: ['teamId'],
};

/** What a patch that says null puts back. */
export const projectDefaults = { settings: {}, metadata: {} };
