import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { EventCatalogue } from '../../platform/events/event-catalogue.js';
import type { EventFilter } from '../../platform/events/event.js';
import { TaskPlaces } from '../tasks/task-places.service.js';

/** Refuses filters of events that nothing could ever match. */
@Injectable()
export class EventFilters {
  constructor(
    private readonly catalogue: EventCatalogue,
    private readonly places: TaskPlaces,
  ) {}

  /** @throws Fault FORBIDDEN for a session that may not read any event */
  requireAccess(session: Session): void {
    this.catalogue.requireEventAccess(session);
  }

  /** @throws Fault VALIDATION_FAILED for types that no event has */
  requireTypes({ types = [] }: EventFilter): void {
    this.catalogue.requireKnown(types, 'types');
  }

  /** @throws Fault NOT_FOUND for a project or task that the caller does not see */
  async requirePlaces(session: Session, { projectKey, projectId, taskId }: EventFilter): Promise<void> {
    await this.places.requireKnown(session, {
      projectKeys: projectKey === undefined ? undefined : [projectKey],
      projectIds: projectId === undefined ? undefined : [projectId],
      taskIds: taskId === undefined ? undefined : [taskId],
    });
  }
}
