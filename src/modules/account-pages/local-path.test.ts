import { describe, expect, it } from '@jest/globals';
import { localPath } from './local-path.js';

describe('the path after signing in', () => {
  it.each([
    ['/invite?code=tmm_x', '/invite?code=tmm_x'],
    ['/docs#top', '/docs'],
    ['/a/../docs', '/docs'],
  ])('may be one of the service: %s', (next, path) => expect(localPath(next)).toBe(path));

  it.each([
    undefined,
    '',
    'docs',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example/x',
    '/a/..//evil.example',
    '/..//evil.example',
    '/%2e//evil.example',
    '/x/../..///evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/x\\..\\..//evil.example',
    '/%zz/../..//evil.example\u0000',
  ])('is the start page otherwise: %j', (next) => expect(localPath(next)).toBe('/'));
});
