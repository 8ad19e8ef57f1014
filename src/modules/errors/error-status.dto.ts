import { Choice, Flag, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { partial, pick } from '../../platform/schema/mapped-types.js';
import { ErrorLog } from './error.dto.js';

/** The statuses that clients can set. An error becomes `regressed` only when it occurs again. */
export const SETTABLE_STATUSES = ['unresolved', 'in_progress', 'resolved', 'ignored', 'wont_fix'] as const;
const THRESHOLD_MAX = 1_000_000_000;

const notes = Text({
  description: 'Notes, kept with the error and in its history.',
  max: 10_000,
  nullable: true,
  optional: true,
});

/** A change: a JSON merge patch (RFC 7396), in which null resets a field. */
export class ErrorPatch extends partial(
  pick(ErrorLog, ['title', 'errorSeverity', 'resolutionNotes', 'assigneeId', 'taskId', 'metadata'] as const),
) {
  @Choice({
    description: 'What became of it. `resolved` and `ignored` as by their own calls, without options.',
    values: SETTABLE_STATUSES,
    optional: true,
  })
  resolutionStatus?: (typeof SETTABLE_STATUSES)[number];
}

/** How an error is resolved: now, in a given release, or in the next release. */
export class ErrorResolve {
  @notes
  resolutionNotes?: string | null;

  @Text({
    description:
      'The release that mends it; occurrences in older ones only count. Defaults to the newest it was seen in.',
    min: 1,
    max: 50,
    nullable: true,
    optional: true,
    example: '2.4.1',
  })
  inVersion?: string | null;

  @Flag({ description: 'The release after the newest it was seen in mends it.', default: false, optional: true })
  inNextRelease?: boolean;
}

/** The reason to reopen an error. */
export class ErrorReopen {
  @notes
  resolutionNotes?: string | null;
}

/** How long to ignore an error. The first limit reached ends it; without limits it never ends. */
export class ErrorIgnore {
  @notes
  resolutionNotes?: string | null;

  @Timestamp({ description: 'Until this instant.', nullable: true, optional: true })
  until?: string | null;

  @Integer({
    description: 'Until it has occurred so often again.',
    min: 1,
    max: THRESHOLD_MAX,
    nullable: true,
    optional: true,
  })
  untilCount?: number | null;

  @Integer({
    description: 'Until so many users more are affected.',
    min: 1,
    max: THRESHOLD_MAX,
    nullable: true,
    optional: true,
  })
  untilUsers?: number | null;
}

/** The target of a merge. */
export class ErrorMerge {
  @Uuid({ description: 'The error that takes its occurrences, in the same team.' })
  into: string;
}
