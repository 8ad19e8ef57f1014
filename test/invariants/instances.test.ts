import { describe, expect, it } from '@jest/globals';
import { gaps, instancesHold } from './instances-suite.js';

/*
 * Teeth: with a budget of its own on each instance three times as much passes; with a tail that is told of its own
 * instance's events alone, positions are missing; without `for update skip locked` in the claim, agents share tasks.
 */
instancesHold(3);

describe('the judge of what was handed out', () => {
  it('names what is missing, repeated or out of order', () => {
    expect(gaps([4, 5, 6])).toEqual([]);
    expect(gaps([4, 6])).toEqual(['6 after 4']);
    expect(gaps([4, 4])).toEqual(['4 after 4']);
    expect(gaps([4, 5, 4])).toEqual(['4 after 5']);
  });
});
