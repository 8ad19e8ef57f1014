/** The supported parts of SARIF 2.1.0. Any member may be missing or of another type until it has been checked. */
export type Json = Readonly<Record<string, unknown>>;

/** A run as it was read. */
export interface SarifRun {
  readonly path: string;
  readonly members: Json;
  readonly results: readonly Json[];
  /** Why the results are not all there is to know; null if the run lists what it found. */
  readonly gap: string | null;
}

export const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
export const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** The member at a path, such as `physicalLocation.region`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here: unknown = value;
  for (const step of path) here = typeof step === 'number' ? listOf(here)[step] : objectOf(here)[step];
  return here;
}

/** An index in SARIF: -1 means none, like its absence. */
export function indexOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
