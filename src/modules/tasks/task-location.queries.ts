import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { isUuid } from '../../platform/schema/uuid.js';
import type { ProjectChoice } from './project-choice.dto.js';

/** A project that a key or id may mean. */
export interface FoundProject extends ProjectChoice {
  readonly projectKey: string;
}

const BY_ID = `select p.team_id as "teamId", p.project_key as "projectKey", null as "teamName"
from public.projects p
where p.id = $1::uuid
  and ($2::uuid is null or p.team_id = $2)
  and p.deleted_at is null`;

const BY_KEY = `select f.team_id as "teamId", $1::text as "projectKey", f.team_name as "teamName"
from app.find_projects($1, $2) f`;

/** Finds live projects by key or id. */
export function findProject(keyOrId: string, teamId: string | null): Statement<FoundProject> {
  if (!isUuid(keyOrId)) return findProjectByKey(keyOrId, teamId);
  return statement('tasks.find_project_by_id', BY_ID, [keyOrId, teamId]);
}

/** Finds the project that a key means; several if it is ambiguous. app.find_projects decides. */
export function findProjectByKey(projectKey: string, teamId: string | null): Statement<FoundProject> {
  return statement('tasks.find_project', BY_KEY, [projectKey, teamId]);
}

/** Whether the caller may see a team. */
export function findTeam(teamId: string): Statement<{ id: string }> {
  return statement('tasks.sees_team', 'select t.id\nfrom public.teams t\nwhere t.id = $1', [teamId]);
}

/** The team of a live task that the caller may see. */
export function teamOfTask(id: string): Statement<{ teamId: string }> {
  return statement(
    'tasks.team_of',
    'select t.team_id as "teamId"\nfrom public.tasks t\nwhere t.id = $1\n  and t.deleted_at is null',
    [id],
  );
}
