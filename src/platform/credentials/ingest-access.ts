import type { Identity } from '../auth/identity.js';
import { Fault } from '../faults/fault.js';

/** An ingest key is in the hands of everybody, so nothing but what says so takes one. */
export const ingestKeyRefused = (): Fault =>
  new Fault('FORBIDDEN', 'An ingest key reports errors and validations, and does nothing else.');

/** @throws Fault FORBIDDEN */
export function refuseIngestKey({ ingest }: Identity): void {
  if (ingest) throw ingestKeyRefused();
}
