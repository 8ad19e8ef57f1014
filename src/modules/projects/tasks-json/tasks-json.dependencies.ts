import type { Findings, JsonLocation } from './findings.js';
import { ignoredFindings, inside } from './findings.js';
import { parseJson } from './json-number.js';
import type { Json } from './json-value.js';
import { describe, isArray } from './json-value.js';
import { childOf, compareRefs, isTopLevel, numberOf, parentOf, readRef } from './tasks-json.refs.js';

/** A dependency as the file names it, before the existing tasks are known. */
export interface NamedDependency {
  readonly ref: string;
  readonly at: JsonLocation;
  /** From metadata._tm.dependencies, where a bare number always means a top-level task. */
  readonly isAbsolute: boolean;
}

export function readDependencies(
  raw: Json | undefined,
  at: JsonLocation,
  findings: Findings,
  isAbsolute: boolean,
): NamedDependency[] {
  if (raw === undefined || raw === null) return [];
  if (!isArray(raw)) {
    findings.problem(at, 'WRONG_TYPE', `must be an array of ids, not ${describe(raw)}`);
    return [];
  }
  return raw.flatMap((item, index) => {
    const place = inside(at, index);
    const read = readRef(item);
    if (read === undefined) {
      findings.problem(place, 'INVALID_REFERENCE', `${describe(item)} is no task id`);
      return [];
    }
    if (read.isDisplayId) findings.note(place, 'DISPLAY_ID', `taken as ${read.ref}`);
    return [{ ref: read.ref, at: place, isAbsolute }];
  });
}

/**
 * In a subtask, a bare number means the sibling with that number, as in most files, or else the top-level task.
 * @returns undefined if neither exists
 */
function resolve(
  named: NamedDependency,
  owner: string,
  exists: (ref: string) => boolean,
  findings: Findings,
): string | undefined {
  const parent = parentOf(owner);
  if (isTopLevel(named.ref) && parent !== null && !named.isAbsolute) {
    const sibling = `${parent}.${named.ref}`;
    if (exists(sibling)) return sibling;
    if (exists(named.ref)) {
      findings.note(named.at, 'DEPENDENCY_NOT_SIBLING', `there is no ${sibling}; taken as task ${named.ref}`);
      return named.ref;
    }
  }
  return exists(named.ref) ? named.ref : undefined;
}

export interface ResolvedDependency {
  readonly ref: string;
  readonly named: NamedDependency;
}

export function resolveDependencies(
  names: readonly NamedDependency[],
  owner: string,
  exists: (ref: string) => boolean,
  findings: Findings,
): ResolvedDependency[] {
  const found = new Map<string, ResolvedDependency>();
  for (const named of names) {
    const ref = resolve(named, owner, exists, findings);
    if (ref === undefined) findings.note(named.at, 'DEPENDENCY_MISSING', `${named.ref} is not in the list; dropped`);
    else if (ref === owner) findings.note(named.at, 'DEPENDENCY_SELF', 'a task cannot depend on itself; dropped');
    else if (found.has(ref)) findings.note(named.at, 'DEPENDENCY_DUPLICATE', `${ref} is named twice; dropped`);
    else found.set(ref, { ref, named });
  }
  return [...found.values()];
}

interface Step {
  readonly ref: string;
  next: number;
  readonly kept: ResolvedDependency[];
}

/**
 * Drops every dependency that closes a cycle, in one traversal of the list. The choice depends only on the order of the
 * file, so the same file always gives the same tasks. The stack is explicit, because a chain of 100,000 tasks would
 * overflow the call stack.
 */
export function dropCycles(graph: Map<string, ResolvedDependency[]>, findings: Findings): void {
  const done = new Set<string>();
  const open = new Set<string>();
  for (const start of graph.keys()) {
    if (done.has(start)) continue;
    const stack: Step[] = [{ ref: start, next: 0, kept: [] }];
    open.add(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const dependency = graph.get(top.ref)?.[top.next];
      top.next += 1;
      if (dependency === undefined) {
        stack.pop();
        open.delete(top.ref);
        done.add(top.ref);
        graph.set(top.ref, top.kept);
      } else if (open.has(dependency.ref)) {
        findings.note(dependency.named.at, 'DEPENDENCY_CYCLE', `${dependency.ref} depends on ${top.ref}; dropped`);
      } else {
        top.kept.push(dependency);
        if (!done.has(dependency.ref)) {
          open.add(dependency.ref);
          stack.push({ ref: dependency.ref, next: 0, kept: [] });
        }
      }
    }
  }
}

/** The dependencies of a task as the file writes them; undefined if writing them would give the same text. */
export function formOf(
  written: Json | undefined,
  owner: string,
  dependencies: readonly string[],
  exists: (ref: string) => boolean,
): string | undefined {
  if (!isArray(written) || dependencies.length === 0) return undefined;
  const raw = JSON.stringify(written);
  const { items } = writeDependencies(owner, dependencies, undefined, exists);
  return raw === JSON.stringify(items) ? undefined : raw;
}

/** The task that each item means, if it exists. */
function namesOf(written: readonly Json[], owner: string, exists: (ref: string) => boolean): (string | null)[] {
  return written.map((item) => {
    const read = readRef(item);
    if (read === undefined) return null;
    return resolve({ ref: read.ref, at: NOWHERE, isAbsolute: false }, owner, exists, ignoredFindings) ?? null;
  });
}

const NOWHERE: JsonLocation = { up: null, key: '' };

export interface WrittenDependencies {
  readonly items: readonly Json[];
  /** Dependencies that the file cannot express: see Markers.dependencies. */
  readonly unnamed: readonly string[];
}

/**
 * Writes tasks and siblings as numbers, and everything else as a dotted reference such as `15.1`. What the file had for a
 * dependency that is still there stays as it was.
 */
export function writeDependencies(
  owner: string,
  dependencies: readonly string[],
  raw: string | undefined,
  exists: (ref: string) => boolean,
): WrittenDependencies {
  const parent = parentOf(owner);
  const isUnnamed = (ref: string) => parent !== null && isTopLevel(ref) && exists(childOf(parent, Number(ref)));
  const current = dependencies.filter(exists).sort(compareRefs);
  const wanted = new Set(current.filter((ref) => !isUnnamed(ref)));
  const had = raw === undefined ? [] : (parseJson(raw) as readonly Json[]);
  const named = namesOf(had, owner, exists);
  const kept = had.filter((_item, index) => {
    const ref = named[index] ?? null;
    return ref !== null && wanted.has(ref) && named.indexOf(ref) === index;
  });
  const isText = had.length > 0 && had.every((item) => typeof item === 'string');
  const added = [...wanted].filter((ref) => !named.includes(ref)).map((ref) => nameOf(ref, parent, isText));
  return { items: [...kept, ...added], unnamed: current.filter(isUnnamed) };
}

function nameOf(ref: string, parent: string | null, isText: boolean): Json {
  const name = isTopLevel(ref) ? Number(ref) : parent !== null && parentOf(ref) === parent ? numberOf(ref) : ref;
  return isText ? String(name) : name;
}
