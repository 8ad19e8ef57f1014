import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { EventStream } from '../../platform/events/event-stream.js';
import type { Audience } from '../../platform/events/audience.js';
import { maySee } from '../../platform/events/audience.js';
import type { EventFilter, EventPage } from '../../platform/events/event.js';
import { matchesFilter } from '../../platform/events/event.js';
import { EventFilters } from './event-filters.service.js';
import type { ChangesRequest, Since } from './changes.rules.js';

/** The event feed for clients that poll. */
@Injectable()
export class ChangesService implements BeforeApplicationShutdown {
  readonly #ending = new AbortController();

  constructor(
    private readonly stream: EventStream,
    private readonly filters: EventFilters,
  ) {}

  /** Answers waiting requests, so that they do not delay the shutdown. */
  beforeApplicationShutdown(): void {
    this.#ending.abort();
  }

  /**
   * Reads a page of events. If it is empty, waits for the first event when the request allows.
   * @throws Fault FORBIDDEN, CURSOR_EXPIRED, VALIDATION_FAILED, NOT_FOUND (the project)
   */
  async read(session: Session, { since, limit, filter, waitMs }: ChangesRequest): Promise<EventPage> {
    this.filters.requireAccess(session);
    this.filters.requireTypes(filter ?? {});
    await this.filters.requirePlaces(session, filter ?? {});
    const from = await this.#cursorOf(since);
    const read = (cursor: string | null): Promise<EventPage> => this.stream.page(session, cursor, limit, filter);
    if (waitMs === 0) return read(from);
    // Subscribes before reading, so that no event between the read and the wait is missed.
    const waiter = new EventWaiter(this.stream, filter);
    const until = AbortSignal.any([
      AbortSignal.timeout(waitMs),
      this.#ending.signal,
      ...(session.signal ? [session.signal] : []),
    ]);
    try {
      let page = await read(from);
      if (page.events.length > 0) return page;
      waiter.audience = (await this.stream.audience([session])).get(session.credentialId) ?? null;
      while (page.events.length === 0 && (await waiter.nextEvent(until))) page = await read(page.nextCursor);
      return page;
    } finally {
      waiter.close();
    }
  }

  async #cursorOf(since: Since): Promise<string | null> {
    switch (since.kind) {
      case 'oldest':
        return null;
      case 'now':
        return this.stream.latest();
      case 'moment':
        return this.stream.cursorAt(since.moment);
      case 'cursor':
        return since.cursor;
    }
  }
}

/**
 * Only signals that an event may have arrived. The events themselves are read from the table, under row-level security.
 */
class EventWaiter {
  /** Null while the audience is unknown: then every event may concern the caller. */
  audience: Audience | null = null;
  readonly #stop: () => void;
  #hasEvent = false;
  #wake: (() => void) | null = null;

  constructor(stream: EventStream, filter: EventFilter | undefined) {
    this.#stop = stream.onBatch((batch) => {
      const concerns = batch.some(
        (event) => matchesFilter(filter ?? {}, event) && (this.audience === null || maySee(this.audience, event)),
      );
      if (!concerns) return;
      this.#hasEvent = true;
      this.#wake?.();
    });
  }

  /** False if the signal aborted first. */
  async nextEvent(until: AbortSignal): Promise<boolean> {
    while (!this.#hasEvent && !until.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        until.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    const hasEvent = this.#hasEvent;
    this.#hasEvent = false;
    return hasEvent && !until.aborted;
  }

  close(): void {
    this.#stop();
  }
}
