import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const linesOf = (name: string): string[] => readFileSync(join(root, name), 'utf8').split('\n');

describe('secrets', () => {
  it('never commits .env, and commits .env.example', () => {
    expect(linesOf('.gitignore')).toContain('.env');
    expect(linesOf('.dockerignore')).toContain('**/.env*');
    const given = linesOf('.env.example').filter((line) => line !== '' && !line.startsWith('#'));
    expect(given).toEqual([]);
    expect(existsSync(join(root, '.env.example'))).toBe(true);
  });
});
