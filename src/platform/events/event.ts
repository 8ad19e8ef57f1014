/** A published event. */
export interface PublishedEvent {
  /** Counts the events of all teams without gaps. Internal: clients get the cursor. */
  readonly position: bigint;
  readonly cursor: string;
  /** Lets clients recognise an event that is delivered twice. */
  readonly id: string;
  readonly teamId: string | null;
  /** The permission that is required to read it. */
  readonly needs: string;
  readonly type: string;
  readonly projectId: string | null;
  readonly projectKey: string | null;
  readonly recordId: string;
  readonly taskId: string | null;
  /** The CloudEvent as text, which is forwarded unchanged. */
  readonly json: string;
}

/** Which events are wanted. Absent members do not restrict. */
export interface EventFilter {
  /** Types such as `task.created`, or all of one kind: `task.*`. */
  readonly types?: readonly string[];
  readonly projectId?: string;
  readonly projectKey?: string;
  readonly taskId?: string;
}

export interface EventPage {
  readonly events: readonly PublishedEvent[];
  /** Where the next page starts; never absent. */
  readonly nextCursor: string;
  readonly hasMore: boolean;
  /** The position of `nextCursor`, which may be behind this instance when a replica has answered. */
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
