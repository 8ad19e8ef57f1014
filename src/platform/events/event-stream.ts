import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../auth/session.js';
import { RedisFanOut } from '../brokers/redis-fan-out.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Database } from '../database/database.js';
import type { NotificationConnection } from '../database/notification-connection.js';
import { Fault, invalid } from '../faults/fault.js';
import { Metrics } from '../telemetry/metrics.js';
import type { AudienceAnswer, Audiences } from './audience.js';
import { audiencesOf } from './audience.js';
import { EventCursors } from './event-cursor.js';
import { EventMetrics } from './event-metrics.js';
import type { Lag } from './event-metrics.js';
import { EventRelay } from './event-relay.js';
import type { BatchListener } from './event-tail.js';
import { EventTail } from './event-tail.js';
import type { EventFilter, EventPage, PublishedEvent } from './event.js';
import { eventAudience, eventBounds, eventLag, eventPage, eventPosition } from './event.queries.js';
import type { EventRow, PageRow, RelayedRow } from './event.queries.js';

const CHANNEL = 'tm_events';
const ASKING = 'ask who may see events';
/** Milliseconds that a start waits for the stream, and that a shutdown waits for unpublished events. */
const PATIENCE_MS = 3_000;
/** Milliseconds before the head of the stream is read again after a failure. */
const AGAIN_MS = 250;
const AGAIN_MAX_MS = 5_000;
/** Credentials that are asked about together with each batch. Of more, only those that the batch concerns are asked. */
const ASKED_AHEAD_MAX = 32;
/** Events that Redis has not delivered within these milliseconds are read from the table. */
const CARRIED_WITHIN_MS = 20;

type Filled<Row> = { readonly [K in keyof Row]: K extends keyof EventRow ? EventRow[K] : Row[K] };

/** Whether the row holds an event, and not only the head of the stream. */
function isEvent<Row extends RelayedRow | PageRow>(row: Row): row is Row & Filled<Row> {
  return row.position !== null;
}

/** The stored body has no cursor, because the key of cursors is not in the database. */
function textWith(cursor: string, body: string): string {
  return `{"cursor":"${cursor}",${body.slice(1)}`;
}

/**
 * The stream of events behind every surface. A relay writes it from the audit trail, in one order for all readers. Readers
 * that were away read pages of the table; the others subscribe to batches.
 */
@Injectable()
export class EventStream implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(EventStream.name);
  readonly #cursors: EventCursors;
  readonly #metrics: EventMetrics;
  readonly #connection: NotificationConnection;
  readonly #tail: EventTail;
  readonly #relay: EventRelay;
  #silence: (() => void) | null = null;
  #listening: () => readonly Session[] = () => [];
  #hasWritten = false;
  #answer: AudienceAnswer | null = null;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: Config,
    metrics: Metrics,
    private readonly fanOut: RedisFanOut,
  ) {
    this.#cursors = new EventCursors(config.auth.jwtSecret, config.auth.acceptedSecrets);
    this.#metrics = new EventMetrics(metrics.registry, () => this.#lag());
    this.#connection = database.listen(CHANNEL, {
      onNotification: (payload) => this.#announced(BigInt(payload)),
      onListening: () => this.#follow(),
      onLost: (error) => this.#logger.warn({ error }, 'the event stream lost its connection; it opens another'),
    });
    const failed = (error: unknown): void => this.#failed(error);
    const ask = (): AudienceAnswer | null => this.#ask();
    this.#tail = new EventTail(this.#connection, (row) => this.#toEvent(row), ask, failed);
    this.#relay = new EventRelay(this.#connection, {
      onSent: () => {
        // The runs of an idle instance publish nothing.
        this.#answer = this.#hasWritten ? ask() : null;
        this.#hasWritten = false;
      },
      onPublished: (rows, seconds) => this.#published(rows, seconds),
      onFailed: failed,
    });
  }

  /** The position up to which this instance has passed on events. A reader at this position that subscribes misses nothing. */
  get position(): bigint {
    return this.#tail.position;
  }

  /** Whether this instance passes events on; until then `position` has no meaning. */
  get isFollowing(): boolean {
    return this.#tail.isFollowing;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#silence = this.database.onWritten(() => {
      this.#hasWritten = true;
      this.#relay.requestRun();
    });
    this.fanOut.listen<EventRow>(({ rows, head }) => this.#tail.accept(rows, head));
    this.#relay.start();
    await Promise.race([this.#connection.open(), delay(PATIENCE_MS, undefined, { ref: false })]);
  }

  /** Publishes what this instance has committed before it stops, if the database is available. */
  async onApplicationShutdown(): Promise<void> {
    this.#silence?.();
    if (this.#connection.listening) {
      const published = this.#relay.settle().then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([published, delay(PATIENCE_MS, undefined, { ref: false })]);
    }
    await this.#relay.stop();
    this.#tail.stop();
  }

  /**
   * Reads events after the cursor that the session may see, in order. Null starts with the oldest event that is kept.
   * @throws Fault CURSOR_EXPIRED, VALIDATION_FAILED
   */
  async page(session: Session, since: string | null, limit: number, filter?: EventFilter): Promise<EventPage> {
    const after = since === null ? null : this.#decode(since);
    const statement = eventPage(session.isAdmin, after, limit + 1, filter);
    // A filter may skip many events before one matches.
    const rows = await (filter ? this.database.search(session, statement) : this.database.query(session, statement));
    const [first] = rows;
    if (!first) throw new Fault('INTERNAL');
    const gone = after !== null && (after < BigInt(first.trimmed) || (first.from_here && after > BigInt(first.head)));
    if (gone) throw new Fault('CURSOR_EXPIRED');
    const found = rows.filter(isEvent).map((row) => this.#toEvent(row));
    const events = found.slice(0, limit);
    const hasMore = found.length > limit;
    // A replica may be behind the cursor; then the page is empty and the cursor stays.
    const head = BigInt(first.head) > (after ?? 0n) ? BigInt(first.head) : (after ?? 0n);
    const reached = hasMore ? (events.at(-1)?.position ?? head) : head;
    return { events, nextCursor: this.#cursors.encode(reached), hasMore, reached };
  }

  /** The cursor of the head of the stream. */
  async latest(): Promise<string> {
    const [bounds] = await this.database.systemCommand('read the stream', eventBounds());
    return this.#cursors.encode(BigInt(bounds?.head ?? 0));
  }

  /**
   * The cursor after which all events were published at or after a moment.
   * @throws Fault CURSOR_EXPIRED when some of it is gone
   */
  async cursorAt(moment: string): Promise<string> {
    const [row] = await this.database.systemCommand('read the stream', eventPosition(moment));
    if (!row || row.position === null) throw new Fault('CURSOR_EXPIRED');
    return this.#cursors.encode(BigInt(row.position));
  }

  /** The CloudEvent of a row of the table, with its cursor. */
  textOf(position: bigint, body: string): string {
    return textWith(this.#cursors.encode(position), body);
  }

  /** The position of a cursor, for a comparison with `position`. @throws Fault VALIDATION_FAILED */
  positionOf(cursor: string): bigint {
    return this.#decode(cursor);
  }

  /**
   * Subscribes to the batches of all instances and teams, in order, without gap or repetition. The listener has to check who
   * may see an event (`audience`, `maySee`). Returns a function that unsubscribes.
   */
  onBatch(listener: BatchListener): () => void {
    return this.#tail.listen(listener);
  }

  /** Names the sessions, with each credential once, that wait for batches. */
  expectBatchesFor(listening: () => readonly Session[]): void {
    this.#listening = listening;
  }

  /** Asks PostgreSQL in one statement what each session may see at this moment. @throws Fault */
  async audience(sessions: readonly Session[]): Promise<Audiences> {
    return audiencesOf(sessions, await this.database.systemCommand(ASKING, eventAudience(sessions)));
  }

  /** Runs the relay until everything that was committed before this call is published and passed on here. */
  async settle(): Promise<void> {
    await this.#tail.reached(await this.#relay.settle());
  }

  /** Retries until the head of the stream is known, because no event is passed on before. A reconnect calls this again. */
  async #follow(): Promise<void> {
    for (let attempt = 0; this.#connection.listening; attempt += 1) {
      try {
        await this.#tail.catchUp();
        this.#relay.requestRun();
        return;
      } catch (error) {
        this.#failed(error);
        await delay(Math.min(AGAIN_MS * 2 ** attempt, AGAIN_MAX_MS), undefined, { ref: false });
      }
    }
  }

  #ask(): AudienceAnswer | null {
    const sessions = this.#listening();
    if (sessions.length === 0 || sessions.length > ASKED_AHEAD_MAX) return null;
    // Without an answer the feed asks again, and reports that failure.
    return this.#connection.run(ASKING, eventAudience(sessions)).then(
      (rows) => audiencesOf(sessions, rows),
      () => null,
    );
  }

  #published(rows: readonly RelayedRow[], seconds: number): void {
    const answer = this.#answer;
    this.#answer = null;
    const events = rows.filter(isEvent);
    this.#metrics.published(events.length, seconds);
    const head = rows[0]?.head;
    if (head === undefined) return;
    if (events.length > 0) this.fanOut.publish(events, BigInt(head));
    this.#tail.accept(events, BigInt(head), answer);
  }

  /** With Redis the events themselves are on their way; only those that do not arrive are read. */
  #announced(head: bigint): void {
    if (!this.fanOut.live) this.#tail.announce(head);
    else setTimeout(() => this.#tail.announce(head), CARRIED_WITHIN_MS).unref();
  }

  #failed(error: unknown): void {
    this.#metrics.failed();
    this.#logger.warn({ error }, 'the event stream failed; it resumes at its last position');
  }

  async #lag(): Promise<Lag> {
    const [lag] = await this.database.systemCommand('measure the outbox', eventLag());
    return { rows: Number(lag?.rows ?? 0), seconds: lag?.seconds ?? 0 };
  }

  #decode(cursor: string): bigint {
    const position = this.#cursors.decode(cursor);
    if (position !== null) return position;
    throw invalid([{ path: 'query.since', message: 'is no cursor of this service', code: 'INVALID_CURSOR' }]);
  }

  #toEvent(row: EventRow): PublishedEvent {
    const position = BigInt(row.position);
    const cursor = this.#cursors.encode(position);
    return {
      position,
      cursor,
      id: row.event_id,
      teamId: row.team_id,
      needs: row.needs,
      type: row.type,
      projectId: row.project_id,
      projectKey: row.project_key,
      recordId: row.record_id,
      taskId: row.task_id,
      json: textWith(cursor, row.body),
    };
  }
}
