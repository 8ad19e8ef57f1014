import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion } from '../../platform/http/conditional.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch, resetBy } from '../../platform/schema/merge-patch.js';
import { TaskPlaces } from '../tasks/task-places.service.js';
import { validated } from '../../platform/schema/validate.js';
import { onlyProject } from '../tasks/project-choice.dto.js';
import { NewProject, ProjectPatch } from './project.dto.js';
import type { ProjectRow } from './project.queries.js';
import {
  deleteProject,
  findProjects,
  findTeam,
  hasLiveTasks,
  insertProject,
  listsOf,
  lockForDeletion,
  projectSource,
  updateProject,
} from './project.queries.js';
import { checkSettings, projectDefaults } from './project.rules.js';

/** Addresses a project by key or id, and by its team if the key exists in several teams. */
export interface ProjectAddress {
  readonly keyOrId: string;
  readonly teamId: string | null;
}

/** The use cases of projects. */
@Injectable()
export class ProjectsService {
  constructor(
    private readonly database: Database,
    private readonly places: TaskPlaces,
  ) {}

  /** @throws Fault NOT_FOUND (a team of the filters) */
  async list(session: Session, request: ListRequest): Promise<ListPage> {
    const page = await runList(this.database, session, request, {
      ...projectSource,
      allTeams: session.isAdmin,
      teamIds: request.own.teamId === undefined ? undefined : [request.own.teamId],
    });
    await this.places.requireNamedIn(session, page);
    return page;
  }

  /** @throws Fault NOT_FOUND, AMBIGUOUS_PROJECT */
  async get(session: Session, address: ProjectAddress, fields?: readonly string[]): Promise<ProjectRow> {
    return onlyProject(await this.database.query(session, findProjects(address.keyOrId, address.teamId, fields)));
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND (the team), ALREADY_EXISTS (the key) */
  async create(session: Session, body: unknown): Promise<ProjectRow> {
    const input = checkSettings(validated(NewProject, body));
    return this.database.write(session, (tx) => createProject(tx, session, input));
  }

  /** A JSON merge patch. @throws Fault VALIDATION_FAILED, NOT_FOUND, AMBIGUOUS_PROJECT, VERSION_MISMATCH */
  async patch(session: Session, address: ProjectAddress, version: number | null, body: unknown): Promise<ProjectRow> {
    const patch = checkSettings(mergePatch(ProjectPatch, body, projectDefaults));
    return this.database.write(session, async (tx) => {
      const before = await requireProject(tx, address, version);
      if (Object.keys(patch).length === 0) return before;
      const byId = { keyOrId: before.id, teamId: null };
      if (!(await updateProject(tx, before.id, version, patch, resetBy(body)))) {
        throw explainRefusedWrite('project', (await find(tx, byId)).version, version);
      }
      return find(tx, byId);
    });
  }

  /**
   * Soft-deletes a project without live tasks.
   * @throws Fault NOT_FOUND, AMBIGUOUS_PROJECT, VERSION_MISMATCH, IN_USE
   */
  async remove(session: Session, address: ProjectAddress, version: number | null): Promise<void> {
    await this.database.write(session, async (tx) => {
      const { id, teamId, projectKey } = await requireProject(tx, address, version);
      await tx.run(lockForDeletion(id));
      const [tasks] = await tx.run(hasLiveTasks(teamId, projectKey));
      if (tasks?.busy) throw new Fault('IN_USE', 'The project still has tasks.');
      if (!(await deleteProject(tx, id, version))) {
        throw explainRefusedWrite('project', (await find(tx, { keyOrId: id, teamId: null })).version, version);
      }
    });
  }

  /** The lists of tasks in a project. @throws Fault VALIDATION_FAILED, NOT_FOUND, AMBIGUOUS_PROJECT */
  async lists(session: Session, address: ProjectAddress, request: ListRequest): Promise<ListPage> {
    const { teamId, projectKey } = await this.get(session, address);
    return runList(this.database, session, request, listsOf(teamId, projectKey));
  }
}

/** Creates a project within the transaction of its caller. @throws Fault NOT_FOUND (the team), ALREADY_EXISTS (the key) */
export async function createProject(tx: Tx, session: Session, input: NewProject): Promise<ProjectRow> {
  const [team] = await tx.run(findTeam(input.teamId ?? null));
  if (!team) throw new Fault('NOT_FOUND', 'There is no such team.');
  const id = await insertProject(tx, {
    teamId: team.id,
    projectKey: input.projectKey,
    name: input.name,
    description: input.description ?? null,
    settings: input.settings ?? {},
    metadata: input.metadata ?? {},
    createdBy: session.userId,
  });
  return find(tx, { keyOrId: id, teamId: null });
}

async function find(tx: Tx, { keyOrId, teamId }: ProjectAddress): Promise<ProjectRow> {
  return onlyProject(await tx.run(findProjects(keyOrId, teamId)));
}

/** The project, at the expected version. @throws Fault NOT_FOUND, AMBIGUOUS_PROJECT, VERSION_MISMATCH */
async function requireProject(tx: Tx, address: ProjectAddress, version: number | null): Promise<ProjectRow> {
  const project = await find(tx, address);
  requireVersion('project', project.version, version);
  return project;
}
