import { describe, expect, it } from '@jest/globals';
import type { Session } from '../auth/session.js';
import type { EventStream } from '../events/event-stream.js';
import type { EventPage, PublishedEvent } from '../events/event.js';
import type { LiveClient } from './live-client.js';
import type { LiveClients } from './live-clients.js';
import { LiveFeed } from './live-feed.js';
import { LiveJoin } from './live-join.js';
import { Subscription } from './subscription.js';

/**
 * The moments at which the past and the live stream meet, one by one: under load they are too short to be met for sure.
 * Teeth: events that are not held, a page that is taken for complete before `reached` says so, or joinedAt left out of
 * Subscription.awaits: each fails one of these.
 */
const TEAM = 'team';
const session = { credentialId: 'key' } as Session;

const event = (position: number): PublishedEvent =>
  ({
    position: BigInt(position),
    cursor: `c${position}`,
    id: `e${position}`,
    teamId: TEAM,
    needs: 'tasks:read',
    type: 'task.created',
    json: `{"id":"e${position}"}`,
  }) as PublishedEvent;

const page = (positions: readonly number[], reached: number, hasMore = false): EventPage => ({
  events: positions.map(event),
  nextCursor: `c${reached}`,
  hasMore,
  reached: BigInt(reached),
});

/** A stream of which each page is what a step says, after what the step lets happen meanwhile. */
class World {
  readonly told: string[] = [];
  readonly asked: string[] = [];
  position = 0n;
  #hear: (batch: readonly PublishedEvent[]) => void = () => undefined;
  readonly #join: LiveJoin;
  readonly #client: LiveClient;

  constructor(private readonly steps: ((world: World) => EventPage)[]) {
    const allowed = { teamIds: new Set([TEAM]), permissions: new Set(['tasks:read']), isAdmin: false };
    const stream = {
      isFollowing: true,
      onBatch: (listener: (batch: readonly PublishedEvent[]) => void) => {
        this.#hear = listener;
        return () => undefined;
      },
      page: (_session: Session, cursor: string) => {
        this.asked.push(cursor);
        return Promise.resolve(this.steps.shift()!(this));
      },
      audience: (sessions: readonly Session[]) => Promise.resolve(new Map(sessions.map((one) => [one, allowed]))),
    };
    Object.defineProperty(stream, 'position', { get: () => this.position });
    this.#client = {
      subscriptions: new Map(),
      isOpen: true,
      session,
      send: (frame: Buffer) => this.told.push(/"id":"(e\d+)"/.exec(frame.toString())![1]!),
      room: () => Promise.resolve(),
    } as unknown as LiveClient;
    const clients = {
      [Symbol.iterator]: () => [this.#client].values(),
      metrics: { sent: () => undefined, delivered: () => undefined },
      onDue: () => undefined,
    } as unknown as LiveClients;
    const feed = new LiveFeed(stream as unknown as EventStream, clients);
    feed.onModuleInit();
    this.#join = new LiveJoin(stream as unknown as EventStream, feed, clients);
  }

  hear(...positions: number[]): void {
    this.position = BigInt(positions.at(-1)!);
    this.#hear(positions.map(event));
  }

  async run(since: string): Promise<void> {
    const subscription = new Subscription('all');
    this.#client.subscriptions.set('all', subscription);
    const onLive = (cursor: string): void => void this.told.push(`subscribed ${cursor}`);
    await this.#join.run({ client: this.#client, session, subscription, filter: {}, since, onLive });
  }

  /** Lets what has been started come to its end: nothing here waits for anything but promises. */
  async rest(): Promise<string[]> {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    return this.told;
  }
}

describe('a join', () => {
  it('keeps what is heard while the last page is read, and is not in it', async () => {
    const world = new World([
      (at) => {
        at.hear(3);
        return page([1, 2], 2);
      },
    ]);
    await world.run('c0');
    expect(await world.rest()).toEqual(['e1', 'e2', 'subscribed c2', 'e3']);
  });

  it('does not repeat what is heard during the page and is in it', async () => {
    const world = new World([
      (at) => {
        at.hear(1, 2, 3);
        return page([1, 2], 2);
      },
    ]);
    await world.run('c0');
    expect(await world.rest()).toEqual(['e1', 'e2', 'subscribed c2', 'e3']);
  });

  it('does not repeat what this instance hears only after it was in the page', async () => {
    const world = new World([() => page([1, 2, 3], 3)]);
    await world.run('c0');
    world.hear(1, 2);
    world.hear(3, 4);
    expect(await world.rest()).toEqual(['e1', 'e2', 'e3', 'subscribed c3', 'e4']);
  });

  it('reads on while there is more, and forgets what was heard before a later page, which brings it', async () => {
    const world = new World([
      (at) => {
        at.hear(3, 4);
        return page([1, 2], 2, true);
      },
      () => page([3, 4], 4),
    ]);
    await world.run('c0');
    expect(world.asked).toEqual(['c0', 'c2']);
    expect(await world.rest()).toEqual(['e1', 'e2', 'e3', 'e4', 'subscribed c4']);
  });

  it('asks again where a replica is behind what this instance has handed out', async () => {
    const world = new World([() => page([1], 1), () => page([2, 3], 3)]);
    world.position = 3n;
    await world.run('c0');
    expect(world.asked).toEqual(['c0', 'c1']);
    expect(await world.rest()).toEqual(['e1', 'e2', 'e3', 'subscribed c3']);
  });

  it('reads another page when more was heard than may be held', async () => {
    const many = Array.from({ length: 600 }, (_, n) => n + 2);
    const world = new World([
      (at) => {
        at.hear(...many);
        return page([1], 1);
      },
      () => page(many, 601),
    ]);
    await world.run('c0');
    const told = await world.rest();
    expect(told).toHaveLength(602);
    expect([told[0], told[1], told.at(-1)]).toEqual(['e1', 'e2', 'subscribed c601']);
  });
});
