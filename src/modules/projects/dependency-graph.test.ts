import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Edge } from './dependency-graph.js';
import { acceptEdges } from './dependency-graph.js';

const edge = (child: number, parent: number): Edge => ({ child: String(child), parent: String(parent) });

/** By trying every path: slow, and too simple to be wrong. */
function hasCycle(edges: readonly Edge[]): boolean {
  const from = (id: string): string[] => edges.filter(({ child }) => child === id).map(({ parent }) => parent);
  const walk = (id: string, path: readonly string[]): boolean =>
    path.includes(id) || from(id).some((parent) => walk(parent, [...path, id]));
  return edges.some(({ child }) => walk(child, []));
}

describe('new dependencies', () => {
  it('are all accepted when none closes a cycle', () => {
    const added = [edge(1, 2), edge(1, 3), edge(2, 4), edge(3, 4)];
    expect(acceptEdges([edge(4, 5)], added)).toEqual({ accepted: added, refused: [] });
  });

  it('lose the one that would close a cycle through those that stay', () => {
    expect(acceptEdges([edge(1, 2)], [edge(2, 3), edge(3, 1), edge(3, 4)])).toEqual({
      accepted: [edge(2, 3), edge(3, 4)],
      refused: [edge(3, 1)],
    });
  });

  // Mutations that this fails on: let hasCycle answer false, or reaches stop after one step.
  it('never close a cycle, and only those that would are refused', () => {
    const nodes = fc.integer({ min: 1, max: 6 });
    const edges = fc.uniqueArray(fc.tuple(nodes, nodes), {
      maxLength: 12,
      selector: ([child, parent]) => `${child} ${parent}`,
    });
    fc.assert(
      fc.property(edges, fc.nat(12), (pairs, split) => {
        const all = pairs.filter(([child, parent]) => child !== parent).map(([child, parent]) => edge(child, parent));
        const kept = all.slice(0, split).filter(({ child, parent }) => child > parent);
        const { accepted, refused } = acceptEdges(kept, all.slice(split));
        expect(hasCycle([...kept, ...accepted])).toBe(false);
        for (const one of refused) expect(hasCycle([...kept, ...accepted, one])).toBe(true);
        expect(accepted.length + refused.length).toBe(all.slice(split).length);
      }),
    );
  });
});
