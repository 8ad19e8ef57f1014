import type { RelatedRows } from '../../platform/operations/relation.js';
import { Project } from './project.dto.js';
import { projectSource } from './project.queries.js';

const { table, where } = projectSource;

/** The project that a row of the same team names by its key. */
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
