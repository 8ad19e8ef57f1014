import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessIssuer, signingKey } from '../../../test/support/access-issuer.js';
import { KeySet } from './key-set.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let issuer: AccessIssuer;
let now: number;
let outcomes: string[];
let keys: KeySet;

beforeEach(async () => {
  issuer = await new AccessIssuer().start();
  now = 1e9;
  outcomes = [];
  const onRead = (outcome: string): void => void outcomes.push(outcome);
  keys = new KeySet(`${issuer.url}/cdn-cgi/access/certs`, { now: () => now, onRead });
});

afterEach(() => issuer.stop());

const has = async (id: string): Promise<boolean> => (await keys.find(id)) !== null;
const unavailable = expect.objectContaining({ code: 'IDENTITY_PROVIDER_UNAVAILABLE' }) as unknown;

describe('a key set', () => {
  it('is read once for many first questions, and not again for a known key', async () => {
    const [key] = issuer.keys;
    expect(await Promise.all(Array.from({ length: 50 }, () => has(key!.id)))).toEqual(Array(50).fill(true));
    now += 9 * MINUTE;
    expect(await has(key!.id)).toBe(true);
    expect(issuer.reads).toBe(1);
  });

  it('is read once in a pause for all unknown keys together', async () => {
    await has(issuer.keys[0]!.id);
    now += MINUTE;
    const found = await Promise.all(Array.from({ length: 200 }, (_, place) => has(`unknown-${place}`)));
    expect(found).toEqual(Array(200).fill(false));
    expect(issuer.reads).toBe(2);
  });

  it('finds a key that was published a moment ago', async () => {
    await has(issuer.keys[0]!.id);
    const next = signingKey();
    issuer.keys.push(next);
    now += 10;
    expect(await has(next.id)).toBe(true);
  });

  it('forgets a key that is no longer published, within ten minutes', async () => {
    const [withdrawn] = issuer.keys;
    await has(withdrawn!.id);
    issuer.keys = [signingKey()];
    now += 10 * MINUTE;
    // This question starts the reading and is still answered from what is known.
    await has(withdrawn!.id);
    await has(issuer.keys[0]!.id);
    now += MINUTE;
    expect(await has(withdrawn!.id)).toBe(false);
  });

  it('is used for a day while its issuer is out of reach, and not longer', async () => {
    const [key] = issuer.keys;
    await has(key!.id);
    issuer.isDown = true;
    now += 23 * HOUR;
    expect(await has(key!.id)).toBe(true);
    now += HOUR;
    await expect(keys.find(key!.id)).rejects.toEqual(unavailable);
    issuer.isDown = false;
    now += MINUTE;
    expect(await has(key!.id)).toBe(true);
    // The reading in the background may serve the second question too.
    expect([outcomes[0], ...new Set(outcomes.slice(1))]).toEqual(['succeeded', 'failed', 'succeeded']);
  });

  it('says that it knows nothing yet rather than that a key is wrong', async () => {
    issuer.isDown = true;
    await expect(keys.find(issuer.keys[0]!.id)).rejects.toEqual(unavailable);
  });

  it('leaves out keys that sign nothing here, and is no key set without any', async () => {
    issuer.keys = [];
    await expect(keys.find('any')).rejects.toEqual(unavailable);
  });
});
