import { expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { confirm } from './confirm.js';

async function answer(text: string): Promise<{ yes: boolean; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(text);
  const yes = await confirm('Delete \u001b[2J?', input, output);
  return { yes, shown: String(output.read()) };
}

it.each([
  ['y\n', true],
  ['Yes\n', true],
  ['n\n', false],
  ['\n', false],
  ['yesterday\n', false],
  ['', false],
])('takes %j for %j', async (text, yes) => {
  expect((await answer(text)).yes).toBe(yes);
});

it('escapes what the question quotes', async () => {
  expect((await answer('n\n')).shown).toContain('Delete \\u001b[2J? [y/N] ');
});
