import { expect, it } from '@jest/globals';
import { SecretBox } from './secret-box.js';

const [old, next] = ['an old secret', 'the next secret'];

/* Seen to fail: with the first key alone, what the old secret has sealed was lost. */
it('opens what accepted secrets have sealed, for its owner and its use alone', () => {
  const sealed = new SecretBox(old, 'mail').seal('grace', 'text');
  expect(new SecretBox(next, 'mail', [old]).open('grace', sealed)).toBe('text');
  expect(new SecretBox(next, 'mail').open('grace', sealed)).toBeNull();
  expect(new SecretBox(next, 'mail', [old]).open('ada', sealed)).toBeNull();
  expect(new SecretBox(next, 'webhooks', [old]).open('grace', sealed)).toBeNull();
});
