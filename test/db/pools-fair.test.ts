import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Session } from '../../src/platform/auth/session.js';
import type { Database } from '../../src/platform/database/database.js';
import { statement } from '../../src/platform/database/statement.js';
import { createFixture } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';

const one = statement<{ n: number }>('fair_one', 'select 1 as n');
const take = statement('fair_take', `select pg_advisory_xact_lock(hashtext('fair'))`);

/** A promise and the function that settles it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/*
 * Seen to fail: without the slot that nobody may have alone, ada holds every connection and bob is refused; with a
 * lock timeout of half a second, as with the ten seconds of before, the writers that wait for a lock refuse bob.
 */
describe('Connections', () => {
  let fixture: Fixture;
  let database: Database;
  let ada: Session;
  let bob: Session;

  beforeAll(async () => {
    fixture = await createFixture();
    [ada, bob] = [await fixture.addUser('ada'), await fixture.addUser('bob')];
    // 3 connections for writes.
    database = await fixture.open({ pools: { max: 16, min: 0, acquireTimeoutMs: 2_000, readHosts: [] } });
  });

  afterAll(() => fixture.close());

  it('are never all held by one user, however many writes that user has open', async () => {
    const { opened, open } = gate();
    const held = Array.from({ length: 50 }, () =>
      database.write(ada, async (tx) => {
        await tx.run(one);
        await opened;
      }),
    );
    expect(await database.command(bob, one)).toEqual([{ n: 1 }]);
    expect(await database.write(bob, (tx) => tx.run(one))).toEqual([{ n: 1 }]);
    open();
    await Promise.all(held);
  });

  it('are not held by writers that wait for a lock, which get it once it is free', async () => {
    const users = [];
    for (let n = 0; n < 6; n += 1) users.push(await fixture.addUser(`waits${n}`));
    await fixture.admin.query('begin');
    await fixture.admin.query(`select pg_advisory_xact_lock(hashtext('fair'))`);
    const waiting = users.map((user) => database.write(user, (tx) => tx.run(take)));
    const others = await Promise.all(Array.from({ length: 20 }, () => database.command(bob, one)));
    expect(others).toHaveLength(20);
    await fixture.admin.query('commit');
    expect(await Promise.all(waiting)).toHaveLength(6);
  });

  it('of imports are their own: a long import leaves those of short writes alone', async () => {
    const { opened, open } = gate();
    const imports = Array.from({ length: 8 }, (_, n) =>
      database.bulkWrite(ada, `team ${n % 2}`, async (tx) => {
        await tx.run(one);
        await opened;
      }),
    );
    expect(await Promise.all(Array.from({ length: 20 }, () => database.command(ada, one)))).toHaveLength(20);
    open();
    await Promise.all(imports);
  });
});
