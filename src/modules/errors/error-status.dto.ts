import { Described } from '../../platform/schema/description.js';
import { Choice, Flag, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { patchOf, pick } from '../../platform/schema/mapped-types.js';
import { ErrorLog } from './error.dto.js';
import { SETTABLE_STATUSES } from './error.values.js';

const THRESHOLD_MAX = 1_000_000_000;

const notes = Text({
  description: 'Notes, kept with the error and in its history.',
  max: 10_000,
  nullable: true,
  optional: true,
});

@Described('A change of an error: a JSON merge patch (RFC 7396), in which null resets a field.')
export class ErrorPatch extends patchOf(
  pick(ErrorLog, ['title', 'errorSeverity', 'resolutionNotes', 'assigneeId', 'taskId', 'metadata'] as const),
) {
  @Choice({
    description: 'What became of it. `resolved` and `ignored` as by their own calls, without options.',
    values: SETTABLE_STATUSES,
    optional: true,
  })
  resolutionStatus?: (typeof SETTABLE_STATUSES)[number];
}

@Described('How an error is resolved: now, in a given release, or in the next release.')
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

@Described('The reason to reopen an error.')
export class ErrorReopen {
  @notes
  resolutionNotes?: string | null;
}

@Described('How long to ignore an error. The first limit reached ends it; without limits it never ends.')
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

@Described('The error that another one is merged into.')
export class ErrorMerge {
  @Uuid({ description: 'The error that takes its occurrences, in the same team.' })
  into: string;
}
