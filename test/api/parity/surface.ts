import type { Operation } from '../../../src/platform/operations/operation.js';
import type { TestUser } from '../../support/app.js';

/** One use of an operation, in no surface's terms. */
export interface Action {
  /** Name in the registry. */
  readonly operation: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Filters and paging of a list, under their names in the list grammar. */
  readonly list?: Readonly<Record<string, unknown>>;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly version?: number;
  readonly fence?: number;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** What a caller learns: the answer, or the stable code of the failure and its problems as `CODE path`. */
export interface Outcome {
  readonly code: string;
  readonly data: unknown;
  readonly problems: readonly string[];
}

/** A way to call operations. */
export interface Surface {
  readonly name: string;
  perform(user: TestUser | undefined, action: Action): Promise<Outcome>;
}

interface Problem {
  readonly path: string;
  readonly code: string;
}

/** @param neutral makes the surface's path of a problem one that is the same on every surface */
export function failure(code: string, problems: readonly Problem[], neutral: (path: string) => string): Outcome {
  return { code, data: null, problems: problems.map((one) => `${one.code} ${neutral(one.path)}`).sort() };
}

export type Operations = ReadonlyMap<string, Operation>;

export function operationNamed(operations: Operations, name: string): Operation {
  const operation = operations.get(name);
  if (!operation) throw new Error(`The registry has no operation ${name}.`);
  return operation;
}
