import type { Type } from '@nestjs/common';
import type { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { describe, expect, it } from '@jest/globals';
import { features } from '../../src/features.js';
import { configured, manifestOf } from '../../src/platform/feature/feature.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { fieldOf, httpOnlyOf, operationsOf, routesOf } from '../../src/platform/operations/operation.js';
import { OPERATIONS_BY_PERMISSION } from './operation-permissions.js';

/*
 * A handler that is not an operation must say why, and there may be few of them. Seen to fail: the first test without
 * `@HttpOnly` on a handler, the second with one handler more, the third with `deleteTask` declared with tasks:read, the
 * last with a route, field or tool declared twice.
 */
const HANDLERS_MAX = 16;

const config = loadConfig({
  DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
  JWT_SECRET: 'not a secret, nothing is signed here',
});

const controllers = features.flatMap((feature): Type[] => {
  const dynamic = configured(feature, config);
  return [...(manifestOf(feature).controllers ?? []), ...('module' in dynamic ? (dynamic.controllers ?? []) : [])];
});

interface Handler {
  readonly name: string;
  readonly reason: string | undefined;
}

const handlers: readonly Handler[] = controllers.flatMap((type) => {
  const prototype = type.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((key) => {
    const handler = prototype[key];
    if (typeof handler !== 'function' || key === 'constructor') return [];
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    return method === undefined ? [] : [{ name: `${type.name}.${key}`, reason: httpOnlyOf(handler) }];
  });
});

describe('a hand-written handler', () => {
  it('states why it is not an operation', () => {
    expect(handlers.filter(({ reason }) => reason === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('is one of a limited number', () => {
    expect(handlers.length).toBeGreaterThan(0);
    expect(handlers.length).toBeLessThanOrEqual(HANDLERS_MAX);
  });
});

describe('operations', () => {
  const all = features.flatMap((feature) => (manifestOf(feature).operations ?? []).flatMap(operationsOf));
  const twice = (values: readonly string[]): string[] =>
    values.filter((value, index) => values.indexOf(value) !== index);

  it('require the permission that was agreed', () => {
    const agreed = Object.entries(OPERATIONS_BY_PERMISSION).flatMap(([permission, names]) =>
      names.map((name) => [name, permission] as const),
    );
    const declared = all.map(({ name, permission }) => [name, [permission].flat().join(' or ')] as const);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(agreed));
  });

  it('share no name, route, field or tool', () => {
    expect(twice(all.map(({ name }) => name))).toEqual([]);
    expect(twice(all.flatMap((one) => routesOf(one).map(({ method, path }) => `${method} ${path}`)))).toEqual([]);
    expect(twice(all.flatMap((one) => fieldOf(one)?.field ?? []))).toEqual([]);
    expect(twice(all.flatMap(({ tool }) => tool ?? []))).toEqual([]);
  });
});
