import { describe, expect, it } from '@jest/globals';
import { thoroughness } from '../support/thoroughness.js';
import { gaps, instancesHold } from './instances-suite.js';

/*
 * Seen to fail: with a ledger that always fails, each instance had a separate budget; with a tail that delivers
 * whatever it receives, positions repeated; with an exchange that does not look at the token again after the lock, two
 * requests got a pair of tokens.
 */
instancesHold(4, thoroughness.refreshRaces);

describe('the judge of delivered events', () => {
  it('reports missing, repeated and out-of-order events', () => {
    expect(gaps([4, 5, 6])).toEqual([]);
    expect(gaps([4, 6])).toEqual(['6 after 4']);
    expect(gaps([4, 4])).toEqual(['4 after 4']);
    expect(gaps([4, 5, 4])).toEqual(['4 after 5']);
  });
});
