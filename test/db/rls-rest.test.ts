import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { makeRestWorld } from './matrix/rest-world.js';
import type { RestWorld } from './matrix/rest-world.js';
import { openRoutes, routes } from './matrix/rest-routes.js';
import type { Route, Target } from './matrix/rest-routes.js';
import type { Credential, Person } from './matrix/world.js';

const actors: Record<string, { person: Person; credential?: Credential }> = {
  anonymous: { person: 'developer' },
  viewer: { person: 'viewer', credential: 'viewer' },
  developer: { person: 'developer', credential: 'developer' },
  narrowed: { person: 'developer', credential: 'narrowed' },
  api_client: { person: 'api_client', credential: 'api_client' },
  reporter: { person: 'reporter', credential: 'reporter' },
  admin: { person: 'admin', credential: 'admin' },
  narrowed_admin: { person: 'admin', credential: 'narrowed_admin' },
};

interface Asked {
  readonly actor: string;
  readonly route: string;
  readonly target: keyof ReturnType<RestWorld['targets']>;
  readonly status: number;
  readonly text: string;
  /** The response without the parts that differ between two equal responses. */
  readonly masked: string;
  /** What the request itself contained, so the response may contain it. */
  readonly said: string;
}

// Headers that change with every response.
const FLEETING =
  /^(date|x-request-id|ratelimit.*|x-ratelimit-.*|content-length|connection|keep-alive|server-timing|traceparent)$/;

/*
 * Every write is a dry run, so every request meets the same rows.
 * Seen to fail: with tasks_select_policy opened, rows of the other tenant answered 200 and 412 and their ids appeared
 * in lists; with teams_select_policy opened, they answered 403 where an absent row answers 404. Both failed the matrix,
 * the search for leaks and the comparison with an absent row.
 */
describe('the REST responses to every actor', () => {
  let app: TestApp;
  let superuser: pg.Client;
  let rest: RestWorld;
  let documented: Map<string, boolean>;
  const asked: Asked[] = [];

  beforeAll(async () => {
    app = await startTestApp();
    superuser = new pg.Client({ connectionString: app.database.url });
    await superuser.connect();
    rest = await makeRestWorld(superuser);
    documented = await routesOfTheDocument();
    for (const [route, definition] of Object.entries(routes)) {
      if (!documented.has(route)) continue;
      for (const actor of Object.keys(actors)) asked.push(...(await askAll(actor, route, definition)));
    }
  }, 120_000);

  afterAll(async () => {
    await superuser.end();
    await app.close();
  });

  /** Method, path, and whether the operation supports dry runs. */
  async function routesOfTheDocument(): Promise<Map<string, boolean>> {
    const response = await fetch(`${app.url}/openapi.json`);
    const { paths } = (await response.json()) as {
      paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
    };
    return new Map(
      Object.entries(paths).flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, { parameters = [] }]): [string, boolean] => [
          `${method.toUpperCase()} ${path.replace('/api/v1', '')}`,
          parameters.some(({ name }) => name === 'dryRun'),
        ]),
      ),
    );
  }

  async function askAll(actor: string, route: string, definition: Route): Promise<Asked[]> {
    const targets = Object.entries(rest.targets(actors[actor]!.person)) as [Asked['target'], Target][];
    const answers: Asked[] = [];
    for (const [name, target] of targets) answers.push(await ask(actor, route, definition, name, target));
    return answers;
  }

  async function ask(
    actor: string,
    route: string,
    definition: Route,
    name: Asked['target'],
    target: Target,
  ): Promise<Asked> {
    const { credential } = actors[actor]!;
    const path = definition.path(target);
    const rehearse = documented.get(route) ? `${path.includes('?') ? '&' : '?'}dryRun=true` : '';
    const body = definition.body ? JSON.stringify(definition.body(target)) : undefined;
    const response = await fetch(`${app.url}/api/v1${path}${rehearse}`, {
      method: route.split(' ')[0]!,
      headers: {
        ...(credential ? { 'x-api-key': rest.keys[credential] } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const headers = [...response.headers].filter(([header]) => !FLEETING.test(header));
    const masked = mask(`${JSON.stringify(headers)} ${text}`, target);
    return { actor, route, target: name, status: response.status, text, masked, said: `${path} ${body ?? ''}` };
  }

  function mask(text: string, target: Target): string {
    const named = Object.values(target)
      .map(String)
      .filter((value) => value.length > 2);
    return named
      .reduce((masked, value) => masked.replaceAll(value, '<named>'), text)
      .replaceAll(/tasks\/\d+(?=[/?"])/g, 'tasks/<ref>')
      .replaceAll(/"requestId":"[^"]+"/g, '"requestId":"<id>"')
      .replaceAll(/"timestamp":"[^"]+"/g, '"timestamp":"<time>"');
  }

  it('are specified for every route of the API document', () => {
    const known = [...Object.keys(routes), ...openRoutes];
    expect([...documented.keys()].filter((route) => !known.includes(route))).toEqual([]);
    expect(known.filter((route) => !documented.has(route))).toEqual([]);
  });

  it('match the matrix for every route, actor and row', () => {
    const mismatches: string[] = [];
    for (const [route, { expect: outcomes }] of Object.entries(routes)) {
      for (const actor of Object.keys(actors)) {
        const refused = actor === 'anonymous' ? '401 401 401 401' : '403 403 403 403';
        const wanted = Object.entries(outcomes).find(([, who]) => who.split(' ').includes(actor))?.[0] ?? refused;
        const found = asked.filter((answer) => answer.route === route && answer.actor === actor);
        const got = found.map(({ status }) => status).join(' ');
        if (got !== wanted) mismatches.push(`${route} ${actor}: expected ${wanted}, got ${got}`);
      }
    }
    process.stdout.write(
      `REST: ${asked.length} cells (${Object.keys(routes).length} routes), ${mismatches.length} mismatches\n`,
    );
    expect(mismatches).toEqual([]);
  });

  it('reveal nothing of another tenant that the request did not name', () => {
    const leaks = asked
      .filter(({ actor }) => !actor.includes('admin'))
      .flatMap(({ actor, route, target, text, said }) =>
        rest.foreign
          .filter((secret) => text.includes(secret) && !said.includes(secret))
          .map((secret) => `${route} ${actor} ${target}: ${secret}`),
      );
    expect(leaks).toEqual([]);
    expect(rest.foreign.length).toBeGreaterThan(15);
  });

  it("are identical for another tenant's row and a missing one", () => {
    const other = asked.filter(({ actor, target }) => !actor.includes('admin') && target === 'other');
    const different = other.filter((one) => {
      const absent = asked.find(
        ({ route, actor, target }) => route === one.route && actor === one.actor && target === 'absent',
      );
      return one.status >= 400 && one.masked !== absent?.masked;
    });
    expect(different.map(({ actor, route, masked }) => `${route} ${actor}: ${masked}`)).toEqual([]);
    expect(other.filter(({ status }) => status === 404).length).toBeGreaterThan(50);
  });

  it('are never a failure of the service', () => {
    expect(
      asked.filter(({ status }) => status >= 500 || status === 400).map(({ route, text }) => `${route} ${text}`),
    ).toEqual([]);
  });
});
