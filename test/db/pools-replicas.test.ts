import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Session } from '../../src/platform/auth/session.js';
import { Database } from '../../src/platform/database/database.js';
import { statement } from '../../src/platform/database/statement.js';
import { addUser, eventually } from './database-fixture.js';
import { startReplicaCluster } from './replica-cluster.js';
import type { ReplicaCluster } from './replica-cluster.js';
import { startProxy } from './tcp-proxy.js';
import type { TcpProxy } from './tcp-proxy.js';

const where = statement<{ standby: boolean }>('replicas_where', 'select pg_is_in_recovery() as standby');
const count = statement<{ n: number }>('replicas_count', 'select count(*)::int as n from tasks');
const rename = (name: string) =>
  statement<{ name: string }>(
    'replicas_rename',
    `update users set name = $1 where id = app.current_user_id() returning name`,
    [name],
  );
const readName = statement<{ name: string }>(
  'replicas_name',
  'select name from users where id = app.current_user_id()',
);

/*
 * Seen to fail: without the ledger entry after a write, the second and the last test read stale rows; without the
 * fallback to the primary, the lost replica failed a read; without the rule for 28000, the new credential was refused.
 */
describe('Reading from a replica', () => {
  let cluster: ReplicaCluster;
  let proxy: TcpProxy;
  let database: Database;
  let ada: Session;
  let bob: Session;

  beforeAll(async () => {
    cluster = await startReplicaCluster();
    [ada, bob] = [await addUser(cluster.primary, 'ada'), await addUser(cluster.primary, 'bob')];
  });

  beforeEach(async () => {
    proxy = await startProxy('127.0.0.1', cluster.standbyPort);
    database = new Database({
      login: cluster.login,
      pools: {
        max: 4,
        min: 0,
        acquireTimeoutMs: 5_000,
        readHosts: [{ host: '127.0.0.1', port: proxy.port, ssl: false }],
      },
    });
    await database.start();
    expect(await eventually(() => onStandby(ada))).toBe(true);
  });

  afterEach(async () => {
    await cluster.standby.query('select pg_wal_replay_resume()');
    await database.close();
    await proxy.close();
  });

  afterAll(() => cluster.stop());

  const onStandby = async (session: Session): Promise<boolean> =>
    (await database.query(session, where))[0]?.standby ?? false;

  it('serves every kind of read, and no write', async () => {
    expect(await database.query(ada, where)).toEqual([{ standby: true }]);
    expect(await database.search(ada, where)).toEqual([{ standby: true }]);
    expect(await database.read(ada, (tx) => tx.run(where))).toEqual([{ standby: true }]);
    expect(await database.command(ada, where)).toEqual([{ standby: false }]);
    expect(await database.query(ada, count)).toEqual([{ n: 1 }]);
  });

  it('shows a writer their own write, while others stay on the replica', async () => {
    await cluster.standby.query('select pg_wal_replay_pause()');
    await database.command(ada, rename('Ada I'));
    expect(await database.query(ada, readName)).toEqual([{ name: 'Ada I' }]);
    await database.write(ada, (tx) => tx.run(rename('Ada II')));
    expect(await database.search(ada, readName)).toEqual([{ name: 'Ada II' }]);
    expect(await database.read(ada, (tx) => tx.run(readName))).toEqual([{ name: 'Ada II' }]);
    expect(await onStandby(ada)).toBe(false);
    expect(await onStandby(bob)).toBe(true);
    await cluster.standby.query('select pg_wal_replay_resume()');
    expect(await eventually(() => onStandby(ada))).toBe(true);
    expect(await database.query(ada, readName)).toEqual([{ name: 'Ada II' }]);
  });

  it('uses the primary for a position that another instance wrote', async () => {
    await cluster.standby.query('select pg_wal_replay_pause()');
    const { rows } = await cluster.primary.query<{ lsn: string }>(
      `update users set metadata = '{"touched": true}' where name = 'bob' returning pg_current_wal_insert_lsn()::text as lsn`,
    );
    expect(await onStandby({ ...bob, readAfter: rows[0]?.lsn ?? null })).toBe(false);
    expect(await onStandby(bob)).toBe(true);
  });

  it('returns the position of a write, so that the client can pass it to another instance', async () => {
    await cluster.standby.query('select pg_wal_replay_pause()');
    const written: string[] = [];
    await database.command({ ...ada, onWritten: (lsn) => void written.push(lsn) }, rename('Ada III'));
    expect(written).toHaveLength(1);
    // Bob has written nothing here, so only the position sends him to the primary.
    expect(await onStandby({ ...bob, readAfter: written[0] ?? null })).toBe(false);
    expect(await onStandby(bob)).toBe(true);
  });

  it('accepts a credential that has not reached the replica', async () => {
    await cluster.standby.query('select pg_wal_replay_pause()');
    const eve = await addUser(cluster.primary, 'eve');
    expect(await database.query(eve, count)).toEqual([{ n: 1 }]);
    expect(await database.read(eve, (tx) => tx.run(count))).toEqual([{ n: 1 }]);
    await cluster.primary.query('update api_keys set revoked_at = now() where id = $1', [eve.credentialId]);
    await expect(database.query(eve, count)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    ['read', () => database.read(ada, (tx) => tx.run(count))],
    ['query', () => database.query(ada, count)],
    ['search', () => database.search(ada, count)],
  ])('moves a %s to the primary without a failure when the replica is lost, and back afterwards', async (_, method) => {
    expect(await method()).toEqual([{ n: 1 }]);
    proxy.refuse(true);
    proxy.reset();
    for (let n = 0; n < 20; n++) expect(await method()).toEqual([{ n: 1 }]);
    expect(await onStandby(ada)).toBe(false);
    proxy.refuse(false);
    expect(await eventually(() => onStandby(ada))).toBe(true);
  });

  it('never shows writers a stale value, however late the replica is', async () => {
    await cluster.standby.query(`alter system set recovery_min_apply_delay = '20ms'; `);
    await cluster.standby.query('select pg_reload_conf()');
    const stale: string[] = [];
    const writeAndRead = async (session: Session, who: string): Promise<void> => {
      for (let n = 0; n < 60; n++) {
        const name = `${who} ${n}`;
        await database.command(session, rename(name));
        const [row] = await database.query(session, readName);
        if (row?.name !== name) stale.push(`${name}: ${row?.name}`);
      }
    };
    await Promise.all([writeAndRead(ada, 'Ada'), writeAndRead(bob, 'Bob')]);
    expect(stale).toEqual([]);
    expect(await eventually(() => onStandby(ada))).toBe(true);
  });
});
