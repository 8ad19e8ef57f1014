import { Injectable } from '@nestjs/common';
import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/statement.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { onlyProject } from './project-choice.dto.js';
import { findProjectByKey } from './task-location.queries.js';
import type { NamedPlaces, WorkPlace } from './task-places.queries.js';
import { unknownPlaces, unknownWorkPlace } from './task-places.queries.js';

function namesIn(request: ListRequest, field: string): string[] {
  const filter = request.filters.find((one) => one.field.name === field);
  return filter?.values.filter((value) => value !== null) ?? [];
}

type Run = <Row>(statement: Statement<Row>) => Promise<Row[]>;

/** Row-level security hides every project and list from those who may not read tasks. */
const seesPlaces = ({ permissions }: Session): boolean => allows(permissions, 'tasks:read');

/** Refuses a team, project, list or task that there is not: an empty answer would say that it has no rows. */
@Injectable()
export class TaskPlaces {
  constructor(private readonly database: Database) {}

  /** @throws Fault NOT_FOUND */
  async requireKnown(session: Session, places: NamedPlaces): Promise<void> {
    const { projectKeys = [], projectIds = [], lists = [], teamIds = [], taskIds = [] } = places;
    const named = [projectKeys, projectIds, lists, teamIds, taskIds].some(({ length }) => length > 0);
    if (!named || !seesPlaces(session)) return;
    const [unknown] = await this.database.query(session, unknownPlaces(places));
    if (unknown) throw new Fault('NOT_FOUND', `There is no ${unknown.kind} "${unknown.name}".`);
  }

  /**
   * Checks the filters of a page, at the cost of a statement only when it is in doubt: rows prove a single name.
   * @throws Fault NOT_FOUND
   */
  async requireNamedIn(session: Session, { request, page }: ListPage, within: NamedPlaces = {}): Promise<void> {
    const { teamId } = request.own;
    const projectKeys = namesIn(request, 'projectKey');
    const lists = namesIn(request, 'list');
    const teamIds = teamId === undefined ? namesIn(request, 'teamId') : [teamId];
    const taskIds = [...namesIn(request, 'taskId'), ...namesIn(request, 'parentTaskId')];
    const named = Math.max(projectKeys.length, lists.length, teamIds.length, taskIds.length);
    if (named === 0 || (named === 1 && page.data !== '')) return;
    const projects = [...projectKeys, ...(within.projectKeys ?? [])];
    const teams = within.teamIds ?? teamIds;
    await this.requireKnown(session, {
      projectKeys: projects.length === 0 ? undefined : projects,
      lists,
      teamIds: teams.length === 0 ? undefined : teams,
      taskIds,
    });
  }

  /**
   * Checks the place of an empty answer of next and claim: "nothing is ready" must not stand for "there is no such list".
   * @throws Fault NOT_FOUND, AMBIGUOUS_PROJECT
   */
  async requireWorkPlace(session: Session, place: WorkPlace, run: Run): Promise<void> {
    const { teamId, projectKey, list } = place;
    if (projectKey !== null) onlyProject(await run(findProjectByKey(projectKey, teamId)));
    if ((teamId === null && list === null) || !seesPlaces(session)) return;
    const [unknown] = await run(unknownWorkPlace(place));
    if (unknown) throw new Fault('NOT_FOUND', `There is no ${unknown.kind} "${unknown.name}".`);
  }
}
