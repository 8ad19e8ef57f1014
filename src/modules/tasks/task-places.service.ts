import { Injectable } from '@nestjs/common';
import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import type { NamedPlaces } from './task-places.queries.js';
import { unknownPlaces } from './task-places.queries.js';

function namesIn(request: ListRequest, field: string): string[] {
  const filter = request.filters.find((one) => one.field.name === field);
  return filter?.values.filter((value) => value !== null) ?? [];
}

/** Refuses filters that name a project or list that there is not: an empty page would say that it has no rows. */
@Injectable()
export class TaskPlaces {
  constructor(private readonly database: Database) {}

  /** @throws Fault NOT_FOUND */
  async requireKnown(session: Session, places: NamedPlaces): Promise<void> {
    const { projectKeys = [], lists = [] } = places;
    if (projectKeys.length + lists.length === 0) return;
    // Row-level security hides every project from those who may not read tasks.
    if (!allows(session.permissions, 'tasks:read')) return;
    const [unknown] = await this.database.query(session, unknownPlaces(places));
    if (unknown) throw new Fault('NOT_FOUND', `There is no ${unknown.kind} "${unknown.name}".`);
  }

  /**
   * Checks the filters of a page, at the cost of a statement only when it is in doubt: rows prove a single name.
   * @throws Fault NOT_FOUND
   */
  async requireNamedIn(session: Session, { request, page }: ListPage, within: NamedPlaces = {}): Promise<void> {
    const projectKeys = namesIn(request, 'projectKey');
    const lists = namesIn(request, 'list');
    const named = Math.max(projectKeys.length, lists.length);
    if (named === 0 || (named === 1 && page.data !== '')) return;
    const { teamId = request.own.teamId, projectKeys: scope = [] } = within;
    const all = [...projectKeys, ...scope];
    await this.requireKnown(session, { projectKeys: all.length === 0 ? undefined : all, lists, teamId });
  }
}
