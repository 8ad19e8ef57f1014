import { expect } from '@jest/globals';
import type { ParityCase } from './case.js';
import type { World } from './world.js';

const tag = async (w: World): Promise<string> =>
  (await w.of(w.rest.post<{ id: string }>('/tags', { name: w.word(), color: '#00ff00', teamId: w.team }))).id;

/** Uses of the tags of a team that succeed. */
export const validTags: readonly ParityCase[] = [
  {
    name: 'lists tags',
    who: 'viewer',
    does: async (w) => {
      await tag(w);
      return { operation: 'listTags', list: { limit: 1 } };
    },
    code: 'OK',
    answers: [{ name: expect.any(String) }],
  },
  {
    name: 'creates a tag',
    who: 'bob',
    does: (w) => ({ operation: 'createTag', input: { name: w.word(), color: '#00FF00', teamId: w.team } }),
    code: 'OK',
    answers: { color: '#00ff00', version: 1 },
  },
  {
    name: 'reads a tag',
    who: 'viewer',
    does: async (w) => ({ operation: 'getTag', params: { id: await tag(w) } }),
    code: 'OK',
    answers: { color: '#00ff00', version: 1 },
  },
  {
    name: 'changes a tag',
    who: 'bob',
    does: async (w) => ({ operation: 'updateTag', params: { id: await tag(w) }, input: { color: null }, version: 1 }),
    code: 'OK',
    answers: { color: null, version: 2 },
  },
  {
    name: 'deletes a tag',
    who: 'bob',
    does: async (w) => ({ operation: 'deleteTag', params: { id: await tag(w) }, version: 1 }),
    code: 'OK',
  },
];
