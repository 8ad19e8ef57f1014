import { Inject, Injectable } from '@nestjs/common';
import { allows } from '../auth/identity.js';
import type { Session } from '../auth/session.js';
import type { FieldProblem } from '../faults/fault.js';
import { Fault, invalid } from '../faults/fault.js';
import type { EventSource, EventType } from './event-source.js';
import { eventPermissions } from './event-sql.js';

export const EVENT_SOURCES = 'taskmaster:event-sources';

/** The events that all modules declare, and the permission rule for listening, which every surface shares. */
@Injectable()
export class EventCatalogue {
  private readonly permissions: readonly string[];

  constructor(@Inject(EVENT_SOURCES) readonly sources: readonly EventSource[]) {
    this.permissions = eventPermissions(sources);
  }

  /** Every type once, with the permission that it requires. */
  get types(): readonly (EventType & { readonly needs: string })[] {
    const all = this.sources.flatMap(({ events, needs }) => events.map((one) => ({ ...one, needs })));
    return [...new Map(all.reverse().map((one) => [one.type, one])).values()].reverse();
  }

  /** Names the types that no event has. `task.*` names every type of a kind; `also` is known besides. */
  problemsOf(types: readonly string[], path: string, also: readonly string[] = []): FieldProblem[] {
    const kinds = this.types.map(({ type }) => `${type.split('.', 1)[0]}.*`);
    return this.#unknown(types, path, [...kinds, ...also]);
  }

  /**
   * Refuses types that no event has, because waiting for them would never end. `task.*` names every type of a kind.
   * @throws Fault VALIDATION_FAILED
   */
  requireKnown(types: readonly string[], path: string): void {
    const problems = this.problemsOf(types, path);
    if (problems.length > 0) throw invalid(problems);
  }

  /** Refuses what is no type of one event. @throws Fault VALIDATION_FAILED */
  requireTypes(types: readonly string[], path: string, also: readonly string[] = []): void {
    const problems = this.#unknown(types, path, also);
    if (problems.length > 0) throw invalid(problems);
  }

  #unknown(types: readonly string[], path: string, also: readonly string[]): FieldProblem[] {
    const known = new Set([...this.types.map(({ type }) => type), ...also]);
    const unknown = types.filter((type) => !known.has(type));
    if (unknown.length === 0) return [];
    return [{ path, message: `unknown: ${unknown.join(', ').slice(0, 200)}`, code: 'INVALID_PARAMETER' }];
  }

  /**
   * Refuses a session that may not read any event. PostgreSQL decides about each event.
   * @throws Fault FORBIDDEN
   */
  requireEventAccess({ permissions }: Session): void {
    if (this.permissions.some((one) => allows(permissions, one))) return;
    throw new Fault('FORBIDDEN', `Events need one of the permissions ${this.permissions.join(', ')}.`);
  }
}
