import type { Operation } from '../../../src/platform/operations/operation.js';
import { routesOf } from '../../../src/platform/operations/operation.js';
import { listParameterNames } from '../../../src/platform/schema/list-request.js';
import type { TestUser } from '../../support/app.js';
import { Client } from '../../support/client.js';
import type { Action, Operations, Outcome, Surface } from './surface.js';
import { failure, operationNamed } from './surface.js';

const HEADERS: Readonly<Record<string, string>> = {
  'header.If-Match': 'version',
  'header.Lease-Fence': 'fence',
  'header.Idempotency-Key': 'key',
};

function headersOf({ version, fence, key }: Action): Record<string, string> {
  return {
    ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
    ...(fence === undefined ? {} : { 'lease-fence': String(fence) }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
}

/** The path of a request: parameters that the route does not name are in the query string. */
function urlOf(path: string, { params = {}, list, dryRun }: Action): string {
  const left = new Map(Object.entries(params));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return encodeURIComponent(String(value));
  });
  const given = Object.entries({ ...Object.fromEntries(left), ...list, ...(dryRun ? { dryRun } : {}) });
  const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return query.size === 0 ? filled : `${filled}?${query}`;
}

function neutralPath({ list }: Operation, path: string): string {
  const [, place, name = ''] = /^(path|query)\.(.+)$/.exec(path) ?? [];
  if (place === 'query' && list && listParameterNames(list).has(name)) return `list.${name}`;
  return place === undefined ? (HEADERS[path] ?? path) : `params.${name}`;
}

export class RestSurface implements Surface {
  /** @param route which of several routes is taken: `0` the first, `-1` the last */
  constructor(
    private readonly url: string,
    private readonly operations: Operations,
    readonly name = 'REST',
    private readonly route: 0 | -1 = 0,
  ) {}

  async perform(user: TestUser | undefined, action: Action): Promise<Outcome> {
    const operation = operationNamed(this.operations, action.operation);
    const route = routesOf(operation).at(this.route);
    if (!route) throw new Error(`${operation.name} has no route.`);
    const client = new Client(this.url, user).with(headersOf(action));
    const { status, body } = await client.call<unknown>(route.method, urlOf(route.path, action), action.input);
    if (status < 300) return { code: 'OK', data: status === 204 ? null : body.data, problems: [] };
    return failure(body.code ?? '', body.errors ?? [], (path) => neutralPath(operation, path));
  }
}
