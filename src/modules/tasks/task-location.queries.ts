import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { isUuid } from '../../platform/schema/uuid.js';

/** Finds live projects by key or id. A key can exist in several teams of the caller. */
export function findProject(keyOrId: string, teamId: string | null): Statement<{ teamId: string; projectKey: string }> {
  const byId = isUuid(keyOrId);
  return statement(
    byId ? 'tasks.find_project_by_id' : 'tasks.find_project',
    `select p.team_id as "teamId", p.project_key as "projectKey"
from public.projects p
where ${byId ? 'p.id = $1::uuid' : 'p.project_key = $1'}
  and ($2::uuid is null or p.team_id = $2)
  and p.deleted_at is null
limit 2`,
    [keyOrId, teamId],
  );
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
