import { Inject, Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { EventCatalogue } from '../../platform/events/event-catalogue.js';
import { invalid } from '../../platform/faults/fault.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { TaskPlaces } from '../tasks/task-places.service.js';
import type { WebhookPatch } from './webhook.dto.js';
import { EVERY_TYPE, TEST_TYPE, problemsOfUrl } from './webhook.rules.js';

/** Refuses what could never have an effect, while its author can still correct it. */
@Injectable()
export class WebhookChecks {
  constructor(
    private readonly places: TaskPlaces,
    private readonly catalogue: EventCatalogue,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Checks the filters of a page. @throws Fault NOT_FOUND (a team or project) */
  async requireNamedIn(session: Session, page: ListPage): Promise<void> {
    await this.places.requireNamedIn(session, page);
  }

  /** @throws Fault VALIDATION_FAILED for a URL that leads nowhere, and for types that no event has */
  requireSendable({ url, eventTypes = [] }: Pick<WebhookPatch, 'url' | 'eventTypes'>): void {
    const types = this.catalogue.problemsOf(eventTypes, 'eventTypes', [EVERY_TYPE, TEST_TYPE]);
    const problems = [...problemsOfUrl(url, this.config.webhooks), ...types];
    if (problems.length > 0) throw invalid(problems);
  }
}
