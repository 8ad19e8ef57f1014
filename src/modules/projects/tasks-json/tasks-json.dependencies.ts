import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import type { Json } from './json-value.js';
import { describe, isArray } from './json-value.js';
import { childOf, compareRefs, isAscending, isTopLevel, numberOf, parentOf, readRef } from './tasks-json.refs.js';

/** A dependency as the file names it, before the existing tasks are known. */
export interface NamedDependency {
  readonly ref: string;
  readonly at: JsonLocation;
  /** From metadata._tm.dependencies, where a bare number always means a top-level task. */
  readonly isAbsolute: boolean;
}

export interface DependencyForms {
  readonly order?: readonly string[];
  readonly dotted?: readonly string[];
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

/** The order and spelling of the remaining dependencies, where writing could not derive them. */
export function formsOf(owner: string, dependencies: readonly ResolvedDependency[]): DependencyForms {
  const refs = dependencies.map(({ ref }) => ref);
  const parent = parentOf(owner);
  const dotted = dependencies
    .filter(({ ref, named }) => parent !== null && parentOf(ref) === parent && named.ref === ref)
    .map(({ ref }) => ref);
  return {
    ...(isAscending(refs) ? {} : { order: refs }),
    ...(dotted.length > 0 ? { dotted } : {}),
  };
}

export interface WrittenDependencies {
  readonly items: readonly (number | string)[];
  /** Dependencies that the file cannot express: see Markers.dependencies. */
  readonly unnamed: readonly string[];
}

/** Writes tasks and siblings as numbers, and everything else as a dotted reference such as `15.1`. */
export function writeDependencies(
  owner: string,
  dependencies: readonly string[],
  forms: DependencyForms,
  exists: (ref: string) => boolean,
): WrittenDependencies {
  const parent = parentOf(owner);
  const rank = new Map((forms.order ?? []).map((ref, index) => [ref, index]));
  const place = (ref: string) => rank.get(ref) ?? rank.size;
  const ordered = dependencies.filter(exists).sort((a, b) => place(a) - place(b) || compareRefs(a, b));
  const isUnnamed = (ref: string) => parent !== null && isTopLevel(ref) && exists(childOf(parent, Number(ref)));
  const dotted = new Set(forms.dotted);
  const items = ordered
    .filter((ref) => !isUnnamed(ref))
    .map((ref) => {
      const isSibling = parent !== null && parentOf(ref) === parent;
      if (isTopLevel(ref)) return Number(ref);
      return isSibling && !dotted.has(ref) ? numberOf(ref) : ref;
    });
  return { items, unnamed: ordered.filter(isUnnamed) };
}
