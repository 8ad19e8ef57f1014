import type { FastifyRequest } from 'fastify';
import { Fault, invalid } from '../faults/fault.js';
import { etagOf } from './answer.js';
import type { EntityTags } from './entity-tags.js';
import { entityTags, matchesStrongly, matchesWeakly } from './entity-tags.js';

/** The versions at which a write may happen. */
export interface VersionCondition {
  /** The version to try first; null for any. */
  readonly first: number | null;
  readonly allows: (version: number) => boolean;
}

/** No row has it, so a write at this version only finds out which version the row has. */
const NO_VERSION = 0;

const ANY: VersionCondition = { first: null, allows: () => true };

function tagsOf(request: FastifyRequest, name: 'If-Match' | 'If-None-Match'): EntityTags | undefined {
  const header = request.headers[name.toLowerCase()] as string | undefined;
  if (header === undefined) return undefined;
  const tags = entityTags(header);
  if (tags) return tags;
  const message = 'must be * or a list of ETags, such as "3"';
  throw invalid([{ path: `header.${name}`, message, code: 'INVALID_HEADER' }]);
}

const versionIn = (etag: string): number => Number(/^"([1-9]\d{0,8})"$/.exec(etag)?.[1] ?? NO_VERSION);

function conditionOf(match: EntityTags, noneMatch?: EntityTags): VersionCondition {
  if (match === '*' && noneMatch === undefined) return ANY;
  const [only, ...others] = match === '*' ? [] : match;
  return {
    first: only && !only.isWeak && others.length === 0 && !noneMatch ? versionIn(only.opaque) : NO_VERSION,
    allows: (version) =>
      matchesStrongly(match, etagOf(version)) && !(noneMatch && matchesWeakly(noneMatch, etagOf(version))),
  };
}

/**
 * The condition of `If-Match` and `If-None-Match` on a write (RFC 9110 13.1). Tags that this service never made, such as
 * the `"1-gzip"` of a proxy, are well-formed and match nothing.
 * @throws Fault VALIDATION_FAILED for a malformed header
 */
export function versionCondition(request: FastifyRequest): VersionCondition {
  return conditionOf(tagsOf(request, 'If-Match') ?? '*', tagsOf(request, 'If-None-Match'));
}

const VERSION_MAX = 2_147_483_647;

/** Whether the `ifMatch` of a body means something: a version, or what the header `If-Match` may hold. */
export function isIfMatch(value: unknown): boolean {
  if (typeof value === 'string') return entityTags(value) !== null;
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= VERSION_MAX;
}

/** The condition of a valid `ifMatch` in a body; undefined allows any version. */
export function bodyCondition(ifMatch: number | string | undefined): VersionCondition {
  if (typeof ifMatch === 'number') return { first: ifMatch, allows: (version) => version === ifMatch };
  return ifMatch === undefined ? ANY : conditionOf(entityTags(ifMatch) ?? []);
}

function currentVersion(error: unknown): number | null {
  if (!(error instanceof Fault) || error.code !== 'VERSION_MISMATCH') return null;
  const version = versionIn(error.headers['etag'] ?? '');
  return version === NO_VERSION ? null : version;
}

/** Rows change between the attempts only under concurrent writes. */
const ATTEMPTS_MAX = 5;

/**
 * Runs a write at a version that the condition allows. Statements compare one version, so a list of tags is tried against
 * the version that a refusal names: each attempt is atomic, and a refused one changes nothing.
 */
export async function atAllowedVersion<T>(
  { first, allows }: VersionCondition,
  write: (version: number | null) => Promise<T>,
): Promise<T> {
  let version = first;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write(version);
    } catch (error) {
      const current = currentVersion(error);
      if (current === null || current === version || !allows(current) || attempt === ATTEMPTS_MAX) throw error;
      version = current;
    }
  }
}

/** The fault of a change that is based on an older version, with the current version. */
export function staleVersion(what: string, version: number): Fault {
  return new Fault('VERSION_MISMATCH', `The ${what} is at version ${version}.`, {
    headers: { etag: etagOf(version) },
  });
}

/** @throws Fault VERSION_MISMATCH when the record is not at the version that the caller expects; null expects none */
export function requireVersion(what: string, current: number, expected: number | null): void {
  if (expected !== null && current !== expected) throw staleVersion(what, current);
}

/**
 * Explains why a write changed no row although the caller sees the record: a concurrent write has changed its version, or
 * row-level security forbids the write.
 */
export function explainRefusedWrite(what: string, current: number, expected: number | null, forbidden?: string): Fault {
  if (expected !== null && current !== expected) return staleVersion(what, current);
  return new Fault('FORBIDDEN', forbidden);
}

/** Whether `If-None-Match` contains this version. A malformed header is ignored, and the whole answer sent. */
export function isNotModified(header: string | undefined, etag: string): boolean {
  const tags = header === undefined ? null : entityTags(header);
  return tags !== null && matchesWeakly(tags, etag);
}
