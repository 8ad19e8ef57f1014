import { IsNull } from 'typeorm';
import { mergedValues } from '../../platform/database/merged-values.js';
import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { ProjectChoice } from '../tasks/project-choice.dto.js';
import type { ProjectPatch } from './project.dto.js';
import { Project, TaskList } from './project.dto.js';
import { ProjectEntity } from './project.entity.js';
import { isUuid } from '../../platform/schema/uuid.js';

/** A project as JSON text, with the columns that the service needs. */
export interface ProjectRow extends ProjectChoice {
  readonly id: string;
  readonly version: number;
  readonly projectKey: string;
  readonly data: string;
}

const BY_ID = `public.projects t
where t.id = $1::uuid
  and ($2::uuid is null or t.team_id = $2)
  and t.deleted_at is null`;

const BY_KEY = `app.find_projects($1, $2) f
join public.projects t on t.id = f.id`;

/** Finds live projects by key or id. app.find_projects decides which project a key means; several if it is ambiguous. */
export function findProjects(
  keyOrId: string,
  teamId: string | null,
  fields?: readonly string[],
): Statement<ProjectRow> {
  const byId = isUuid(keyOrId);
  const text = `select
  t.id,
  t.version,
  t.team_id as "teamId",
  t.project_key as "projectKey",
  ${byId ? 'null' : 'f.team_name'} as "teamName",
  ${jsonOf(Project, 't', fields)} as data
from ${byId ? BY_ID : BY_KEY}`;
  const name = byId ? 'projects.get_by_id' : 'projects.get_by_key';
  return fields ? shapedStatement(name, text, [keyOrId, teamId]) : statement(name, text, [keyOrId, teamId]);
}

/** The named or the default team of a new project. */
export function findTeam(teamId: string | null): Statement<{ id: string }> {
  return teamId === null
    ? statement('projects.default_team', 'select app.default_team_id() as id')
    : statement('projects.team', 'select t.id\nfrom public.teams t\nwhere t.id = $1', [teamId]);
}

export async function insertProject(
  tx: Tx,
  values: Pick<ProjectEntity, 'teamId' | 'projectKey' | 'name' | 'description' | 'settings' | 'metadata' | 'createdBy'>,
): Promise<string> {
  const result = await tx.entities
    .createQueryBuilder()
    .insert()
    .into(ProjectEntity)
    .values(values)
    .updateEntity(false)
    .returning(['id'])
    .execute();
  return (result.raw as { id: string }[])[0]?.id ?? '';
}

/** Updates a live project that still has the expected version. False means that it is gone or has changed. */
export async function updateProject(
  tx: Tx,
  id: string,
  version: number | null,
  patch: ProjectPatch,
  reset: ReadonlySet<string>,
): Promise<boolean> {
  const expected = version === null ? {} : { version };
  const { values, parameters } = mergedValues(patch, ['settings', 'metadata'], reset);
  const { affected } = await tx.entities
    .createQueryBuilder()
    .update(ProjectEntity)
    .set(values)
    .where({ id, deletedAt: IsNull(), ...expected })
    .setParameters(parameters)
    .execute();
  return affected === 1;
}

/** Locks a project against new tasks, because inserting a task takes a key share lock on its project. */
export function lockForDeletion(id: string): Statement<{ id: string }> {
  return statement(
    'projects.lock',
    'select t.id\nfrom public.projects t\nwhere t.id = $1\n  and t.deleted_at is null\nfor update',
    [id],
  );
}

export function hasLiveTasks(teamId: string, projectKey: string): Statement<{ busy: boolean }> {
  return statement(
    'projects.has_live_tasks',
    `select exists (
  select
  from public.tasks t
  where t.team_id = $1
    and t.project_key = $2
    and t.deleted_at is null
) as busy`,
    [teamId, projectKey],
  );
}

/** Soft-deletes a live project. False means that it is gone or has changed. */
export async function deleteProject(tx: Tx, id: string, version: number | null): Promise<boolean> {
  const expected = version === null ? {} : { version };
  const where = { id, deletedAt: IsNull(), ...expected };
  const { affected } = await tx.entities.update(ProjectEntity, where, { deletedAt: () => 'now()' });
  return affected === 1;
}

export const projectSource: Omit<ListSource, 'allTeams' | 'teamIds'> = {
  name: 'projects.list',
  table: 'public.projects',
  shape: Project,
  teamColumn: 'team_id',
  where: ['t.deleted_at is null'],
};

/** The lists of one project. A list has no id, so keyset pagination uses its name. */
export function listsOf(teamId: string, projectKey: string): ListSource {
  return {
    name: 'projects.lists',
    table: '(select l.*, md5(l.list)::uuid as id from public.task_lists l)',
    shape: TaskList,
    teamColumn: 'team_id',
    where: [],
    allTeams: false,
    teamIds: [teamId],
    conditions: (parameter) => [`t.project_key = ${parameter(projectKey)}`],
  };
}
