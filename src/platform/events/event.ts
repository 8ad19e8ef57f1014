/** One event as it was published. */
export interface PublishedEvent {
  /** Without gaps over all teams; for this process alone, clients get the cursor. */
  readonly position: bigint;
  readonly cursor: string;
  /** Recognises an event that is delivered twice. */
  readonly id: string;
  readonly teamId: string | null;
  /** The permission that reading it takes. */
  readonly needs: string;
  readonly type: string;
  readonly projectId: string | null;
  readonly projectKey: string | null;
  readonly recordId: string;
  readonly taskId: string | null;
  /** The CloudEvent as text, forwarded as it is. */
  readonly json: string;
}

/** Which events are wanted; what is left out does not narrow. */
export interface EventFilter {
  /** Types such as `task.created`, or all of one kind: `task.*`. */
  readonly types?: readonly string[];
  readonly projectId?: string;
  readonly projectKey?: string;
  readonly taskId?: string;
}

export interface EventPage {
  readonly events: readonly PublishedEvent[];
  /** Where to go on; there is always one. */
  readonly nextCursor: string;
  readonly hasMore: boolean;
  /** The position behind `nextCursor`; a replica may not have got as far as this instance has handed out. */
  readonly reached: bigint;
}

export function matchesFilter({ types, projectId, projectKey, taskId }: EventFilter, event: PublishedEvent): boolean {
  return (
    (projectId === undefined || event.projectId === projectId) &&
    (projectKey === undefined || event.projectKey === projectKey) &&
    (taskId === undefined || event.taskId === taskId) &&
    (types === undefined || types.some((type) => matchesType(type, event.type)))
  );
}

function matchesType(wanted: string, type: string): boolean {
  return wanted === type || (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1)));
}
