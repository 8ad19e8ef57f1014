import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ListRequest, ListRules } from '../../platform/schema/list-request.js';
import type { ListRow, ListSource, Page } from '../../platform/schema/list-statement.js';
import { EXACT_TOTAL_MAX, listEstimate, listPage, pageOf } from '../../platform/schema/list-statement.js';
import { findTeam } from './task-location.queries.js';
import type { NamedPlaces } from './task-places.queries.js';
import { TaskPlaces } from './task-places.service.js';
import { searchTaskIds } from './task-search.queries.js';
import { ExpandedTask, Task } from './task.dto.js';

/** The features of task lists. */
export const taskListRules: ListRules = {
  shape: Task,
  defaultSort: '-createdAt',
  searchable: true,
  own: { deleted: ['true', 'false', 'only'] },
  ownUuids: ['teamId'],
  expands: ExpandedTask,
};

/** A page and the request that it answers. */
export interface TaskPage {
  readonly request: ListRequest;
  readonly page: Page;
  readonly totalIsEstimate: boolean;
}

/** Restricts a list to a project or list. */
export interface TaskScope {
  readonly teamId?: string;
  readonly projectKey?: string;
}

const liveness: Readonly<Record<string, readonly string[]>> = {
  false: ['t.deleted_at is null'],
  true: [],
  only: ['t.deleted_at is not null'],
};

/** A project in the path takes the place of filters, and is known. */
function placesIn({ teamId, projectKey }: TaskScope): NamedPlaces {
  return {
    ...(teamId === undefined ? {} : { teamIds: [teamId] }),
    ...(projectKey === undefined ? {} : { projectKeys: [projectKey] }),
  };
}

/** Lists of tasks. */
@Injectable()
export class TaskLists {
  constructor(
    private readonly database: Database,
    private readonly places: TaskPlaces,
  ) {}

  /** @throws Fault NOT_FOUND (the team, or a project or list of the filters) */
  async list(session: Session, request: ListRequest, scope: TaskScope = {}): Promise<TaskPage> {
    const teamId = scope.teamId ?? request.own.teamId;
    const base: ListSource = {
      name: 'tasks.list',
      table: 'public.tasks',
      shape: request.fields ? ExpandedTask : Task,
      isWide: true,
      teamColumn: 'team_id',
      where: liveness[request.own.deleted ?? 'false'] ?? [],
      allTeams: session.isAdmin,
      teamIds: teamId === undefined ? undefined : [teamId],
    };
    const found = await this.found(session, request);
    const source: ListSource = {
      ...base,
      conditions: (parameter) => [
        ...found(parameter),
        ...(scope.projectKey === undefined ? [] : [`t.project_key = ${parameter(scope.projectKey)}`]),
      ],
    };
    const page = pageOf(await this.run(session, request, source), request);
    if (page.data === '' && scope.teamId !== undefined) await this.mustSee(session, scope.teamId);
    await this.places.requireNamedIn(session, { request, page, totalIsEstimate: false }, placesIn(scope));
    if (page.total === null || page.total <= EXACT_TOTAL_MAX) return { request, page, totalIsEstimate: false };
    const [estimate] = await this.database.search(session, listEstimate(source, request));
    return { request, page: { ...page, total: estimate?.total ?? page.total }, totalIsEstimate: true };
  }

  private run(session: Session, request: ListRequest, source: ListSource): Promise<ListRow[]> {
    const statement = listPage(source, request);
    // The multiplexed connections serve only statements that are certainly short: an index scan without a count.
    const short = !request.total && request.search === undefined && request.offset === 0 && request.filters.length <= 3;
    return short ? this.database.query(session, statement) : this.database.search(session, statement);
  }

  /** Conditions for full text and tags: the ids that the index found, or plain filters if too many rows match. */
  private async found(
    session: Session,
    request: ListRequest,
  ): Promise<(parameter: (value: unknown) => string) => string[]> {
    const tags = request.filters.find((filter) => filter.operator === 'contains')?.values ?? [];
    if (request.search === undefined && tags.length === 0) return () => [];
    const live = request.own.deleted === undefined || request.own.deleted === 'false';
    const [hits] = live ? await this.database.search(session, searchTaskIds(request.search, tags)) : [];
    const { search } = request;
    if (hits?.ids) {
      const { ids } = hits;
      return (parameter) => [`t.id = any(${parameter(ids)}::uuid[])`];
    }
    return (parameter) => (search === undefined ? [] : [`t.search @@ (select app.search_query(${parameter(search)}))`]);
  }

  private async mustSee(session: Session, teamId: string): Promise<void> {
    const [team] = await this.database.query(session, findTeam(teamId));
    if (!team) throw new Fault('NOT_FOUND', 'There is no such team.');
  }
}
