import type { RelatedRows } from '../../platform/operations/relation.js';
import { Project } from './project.dto.js';
import { projectSource } from './project.queries.js';

const { table, where } = projectSource;

/** The project of a row, by its key within the same team. */
export const projectRows: RelatedRows = {
  table,
  shape: Project,
  on: { team_id: 'teamId', project_key: 'projectKey' },
  where,
};

export const projectsOfTeam: RelatedRows = {
  table,
  shape: Project,
  on: { team_id: 'id' },
  where,
  orderBy: 't.created_at desc, t.id desc',
};
