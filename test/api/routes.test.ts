import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Authenticator } from '../../src/platform/credentials/authenticator.js';
import { AccessGuard } from '../../src/platform/http/access.guard.js';
import { GRAPHQL_PATH } from '../../src/platform/graphql/graphql-endpoint.js';
import { OperationRegistry } from '../../src/platform/operations/registry.js';
import { routesOf } from '../../src/platform/operations/operation.js';
import { openApiDocument } from '../../src/platform/http/documentation.js';
import { RouteTable } from '../../src/platform/http/route-table.js';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

/**
 * Deny by default for every route: the lists below name the open ones, and everything else must refuse.
 * Seen to fail: without @Needs on a handler its route answered 403 instead of 401; with @Public it answered 200;
 * without @Describe its operation had no summary and no problems.
 */
const ABSENT = '01890000-0000-7000-8000-000000000000';

/** Open to everybody. */
const PUBLIC = new Set([
  'GET /api/v1/health',
  'GET /api/v1/health/live',
  'GET /api/v1/health/ready',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/logout',
  'POST /api/v1/auth/signup',
  'POST /api/v1/auth/verify-email',
  'POST /api/v1/auth/password/forgot',
  'POST /api/v1/auth/password/reset',
  'POST /api/v1/auth/invite/accept',
]);

/** Not operations: probes, file transfers, and what needs no credential. */
const HANDLERS = [
  'GET /api/v1/health',
  'GET /api/v1/health/live',
  'GET /api/v1/health/ready',
  'GET /api/v1/me/export',
  'GET /api/v1/metrics',
  'GET /api/v1/projects/{key}/export',
  'POST /api/v1/auth/invite/accept',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/logout',
  'POST /api/v1/auth/password/forgot',
  'POST /api/v1/auth/password/reset',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/signup',
  'POST /api/v1/auth/verify-email',
  'POST /api/v1/projects/{key}/import',
  'POST /api/v1/validations/import',
];

/** The API documents and the pages for people: public, and not described in the documents. */
const DOCUMENTATION =
  /^\/(api\/v1\/)?(openapi|asyncapi)\.json$|^\/(docs|web\/assets\/\*|sign-in(\/oidc|\/callback)?|sign-out|verify|reset|invite)?$|^\/(oauth|device|consent|\.well-known)\//;

/** Every user may change their own data. The tests of the modules cover further rules. */
const OWN = /^(POST|PATCH|DELETE) \/api\/v1\/(api-keys|service-accounts|users|auth|me|oauth)(\/|$)/;

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
}

interface DocumentedOperation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly requestBody?: object;
  readonly parameters?: readonly { name: string; in: string; description?: string }[];
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { schema: Schema }>>;
}

interface Operation extends DocumentedOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

let app: TestApp;
let operations: readonly Operation[];
let schemas: Readonly<Record<string, Schema>>;
let sharedResponses: Readonly<Record<string, Response>>;

beforeAll(async () => {
  app = await startTestApp({ REGISTRATION: 'open' });
  const document = openApiDocument(app.app) as unknown as {
    paths: Record<string, Record<string, DocumentedOperation>>;
    components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
  };
  sharedResponses = document.components.responses;
  schemas = document.components.schemas;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([key, operation]) => {
      const method = key.toUpperCase();
      return { ...operation, name: `${method} ${path}`, method, path };
    }),
  );
});

afterAll(() => app.close());

function routesInCode(): string[] {
  return app.app
    .get(RouteTable)
    .routes()
    .filter(({ method, url }) => method !== 'HEAD' && !DOCUMENTATION.test(url) && url !== GRAPHQL_PATH)
    .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
}

async function statusOf(client: Client, operation: Operation): Promise<number> {
  const path = operation.path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, ABSENT);
  return (await client.call(operation.method, path, operation.requestBody ? {} : undefined)).status;
}

/** The response of every operation, by its name. */
async function answers(client: Client, asked: readonly Operation[]): Promise<Record<string, number>> {
  return Object.fromEntries(await Promise.all(asked.map(async (one) => [one.name, await statusOf(client, one)])));
}

const all = (asked: readonly Operation[], status: number): Record<string, number> =>
  Object.fromEntries(asked.map(({ name }) => [name, status]));

describe('every route', () => {
  it('is in the document, which contains no other', () => {
    expect(routesInCode().sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  it('is an operation of the registry, or one of the hand-written handlers', () => {
    const registry = app.app.get(OperationRegistry, { strict: false }).all();
    const declared = registry.flatMap((operation) =>
      routesOf(operation).map(({ method, path }) => `${method} /api/v1${path}`),
    );
    const names = operations.map(({ name }) => name);
    expect(declared.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !declared.includes(name)).sort()).toEqual(HANDLERS);
  });

  it('answers 401 without a credential, unless it is one of the few public ones', async () => {
    const closed = operations.filter(({ name }) => !PUBLIC.has(name));
    expect(await answers(new Client(app.url), closed)).toEqual(all(closed, 401));
    const wrong = new Client(app.url).with({ 'x-api-key': `tmk_${'x'.repeat(43)}` });
    expect(await answers(wrong, closed)).toEqual(all(closed, 401));
  });

  it('is public only if declared so, in code and document alike', async () => {
    const documented = operations.filter(({ security }) => security?.length === 0).map(({ name }) => name);
    expect(documented.sort()).toEqual([...PUBLIC].sort());
    const statuses = Object.values(await answers(new Client(app.url), operations.filter(isPublic)));
    expect(statuses.filter((status) => status === 401 || status === 403)).toEqual([]);
  });

  it('refuses writes by a viewer', async () => {
    const viewer = new Client(app.url, await app.user('viewer'));
    const changing = operations.filter(({ name, method }) => method !== 'GET' && !OWN.test(name) && !PUBLIC.has(name));
    expect(changing.length).toBeGreaterThan(20);
    expect(await answers(viewer, changing)).toEqual(all(changing, 403));
  });

  it('refuses a credential without scopes', async () => {
    const nobody = new Client(app.url, await app.user('developer', 'narrow', []));
    const statuses = await answers(nobody, operations);
    const admitted = operations.filter((one) => !isPublic(one) && (statuses[one.name] ?? 0) < 400);
    // Requires a credential but no permission: the caller and the visible users.
    expect(admitted.map(({ name }) => name).sort()).toEqual([
      'GET /api/v1/api-keys',
      'GET /api/v1/auth/me',
      'GET /api/v1/me/consents',
      'GET /api/v1/oauth/grants',
      'GET /api/v1/roles',
      'GET /api/v1/service-accounts',
      'GET /api/v1/users',
    ]);
  });

  it('is refused to every user if its handler declares nothing', () => {
    const context = {
      getHandler: () => () => 'nothing is declared on it',
      getClass: () => Object,
      getType: () => 'http',
      switchToHttp: () => ({ getRequest: () => ({ state: { identity: { permissions: ['*'] } } }) }),
    } as unknown as ExecutionContext;
    expect(() => new AccessGuard(new Reflector(), app.app.get(Authenticator)).canActivate(context)).toThrow(
      'Not allowed',
    );
  });
});

const isPublic = ({ name }: Operation): boolean => PUBLIC.has(name);

/** The statuses that follow from the shape of an operation. */
function expectedStatuses(operation: Operation): string[] {
  const has = (where: string, name: string): boolean =>
    (operation.parameters ?? []).some((one) => one.in === where && one.name === name);
  const named = (operation.parameters ?? []).some((one) => one.in === 'path');
  return [
    ...['400', '405', '408', '414', '417', '429', '431', '500', '503'],
    ...(isPublic(operation) ? [] : ['401', '403']),
    ...(named ? ['404'] : []),
    ...(operation.requestBody ? ['413', '415'] : []),
    ...(has('header', 'Idempotency-Key') ? ['409'] : []),
    ...(has('header', 'If-Match') ? ['412'] : []),
    ...(has('header', 'If-None-Match') ? ['304'] : []),
  ];
}

describe('the document', () => {
  it('has a summary for every operation and a description for every parameter', () => {
    const bare = operations.flatMap(({ name, summary, parameters = [] }) => [
      ...(summary ? [] : [name]),
      ...parameters.filter((one) => !one.description).map((one) => `${name}: ${one.name}`),
    ]);
    expect(bare).toEqual([]);
  });

  it('has a description for every field', () => {
    const bare = Object.entries(schemas).flatMap(([shape, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, property]) => !property.description && !property.$ref)
        .map(([name]) => `${shape}.${name}`),
    );
    expect(bare).toEqual([]);
  });

  it('lists every status that the shape of an operation allows', () => {
    const missing = operations.flatMap((operation) =>
      expectedStatuses(operation)
        .filter((status) => !(status in operation.responses))
        .map((status) => `${operation.name} ${status}`),
    );
    expect(missing).toEqual([]);
  });

  it('has one success response for every operation, and a problem for every failure', () => {
    for (const { name, responses } of operations) {
      const statuses = Object.keys(responses);
      // An idempotent create answers 200 for an existing resource; a claim answers 204 without one.
      const successes = statuses.filter((status) => status.startsWith('2')).join(' ');
      expect([name, successes]).toEqual([name, expect.stringMatching(/^(200|201|202|204|200 201|200 204)$/)]);
      for (const status of statuses.filter((one) => Number(one) >= 400)) {
        const { $ref } = responses[status]!;
        const response = $ref === undefined ? responses[status]! : sharedResponses[$ref.split('/').at(-1)!]!;
        const { schema } = response.content!['application/problem+json']!;
        expect([name, status, schema.allOf?.[0]]).toEqual([name, status, { $ref: '#/components/schemas/Problem' }]);
      }
    }
  });

  it('is served without a credential', async () => {
    for (const path of ['/openapi.json', '/api/v1/openapi.json']) {
      const response = await fetch(`${app.url}${path}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument(app.app))));
    }
  });
});
