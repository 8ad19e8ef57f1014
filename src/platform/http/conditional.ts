import type { FastifyRequest } from 'fastify';
import { Fault, invalid } from '../faults/fault.js';
import { etagOf } from './answer.js';

/**
 * The version in `If-Match`; null without the header or with `*`.
 * @throws Fault VALIDATION_FAILED for anything but one strong ETag of this service
 */
export function ifMatch(request: FastifyRequest): number | null {
  const value = request.headers['if-match'];
  if (value === undefined || value.trim() === '*') return null;
  const match = /^"(\d{1,9})"$/.exec(value.trim());
  if (match) return Number(match[1]);
  throw invalid([
    {
      path: 'header.If-Match',
      message: 'must be one ETag of this service, such as "3", or *',
      code: 'INVALID_HEADER',
    },
  ]);
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

/** Whether `If-None-Match` contains this version (weak comparison, RFC 9110 13.1.2). */
export function isNotModified(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = (one: string): string => one.trim().replace(/^W\//, '');
  return header.split(',').some((one) => opaque(one) === opaque(etag));
}
