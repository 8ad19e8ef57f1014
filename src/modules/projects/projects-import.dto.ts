import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { Choice, Custom, Flag, Integer, Text, Uuid } from '../../platform/schema/field.js';
import { LIST_PATTERN } from '../tasks/task.dto.js';
import type { ConflictCode } from './import-input.js';
import { conflictCodes } from './import-input.js';
import { ByKeyInTeam } from './project-address.js';
import type { Json } from './tasks-json/json-value.js';
import type { Resolution } from './tasks-json/tasks-json.merge.js';
import { resolutions } from './tasks-json/tasks-json.merge.js';

const MANY = 2_147_483_647;

@Described('A value that was changed while it was read.')
export class ImportNormalisation {
  @Text({ description: 'Where in the file.', max: 10_000, example: 'master.tasks[3].dependencies[0]' })
  path: string;

  @Text({ description: 'What was done.', max: 10_000 })
  message: string;

  @Text({ description: 'Stable code.', max: 100, example: 'DEPENDENCY_MISSING' })
  code: string;
}

@Described('A part of a task, or a whole one, that file and project have both changed since they were last exchanged.')
export class ImportConflict {
  @Text({ description: 'List that the task is in.', max: 100 })
  list: string;

  @Text({ description: 'Number of the task.', max: 100, example: '15.2' })
  ref: string;

  @Text({ description: 'Title of the task.', max: 500 })
  title: string;

  @Choice({ description: 'What happened.', values: conflictCodes })
  code: ConflictCode;

  @Text({
    description: 'The field of tasks.json, or a key of its metadata; null when one side has deleted the task.',
    max: 10_000,
    nullable: true,
    example: 'metadata.estimate',
  })
  field: string | null;

  @Custom('json', { description: 'Its value in the file.', nullable: true }, { type: Object }, [])
  file: Json;

  @Custom(
    'json',
    { description: 'Its value in the project, in the words of the file.', nullable: true },
    { type: Object },
    [],
  )
  project: Json;
}

@Described('A task that an import deletes.')
export class ImportDeletion {
  @Text({ description: 'List that the task is in.', max: 100 })
  list: string;

  @Text({ description: 'Number of the task.', max: 100, example: '15.2' })
  ref: string;

  @Text({ description: 'Title of the task.', max: 500 })
  title: string;
}

@Described('The outcome of an import, or of its dry run. Every task of the file is counted once.')
export class ImportReport {
  @Uuid({ description: 'The project.' })
  projectId: string;

  @Integer({ description: 'Tasks that are new.', min: 0, max: MANY })
  created: number;

  @Integer({ description: 'Tasks that the file changed.', min: 0, max: MANY })
  updated: number;

  @Integer({ description: 'Tasks that stay as they are.', min: 0, max: MANY })
  unchanged: number;

  @Integer({ description: 'Tasks of an earlier import that the file has no more; only with prune.', min: 0, max: MANY })
  deleted: number;

  @Property({ description: 'What both sides have changed. `conflicts` has decided it.', type: () => [ImportConflict] })
  conflicts: readonly ImportConflict[];

  @Property({ description: 'The tasks that were deleted.', type: () => [ImportDeletion] })
  deletions: readonly ImportDeletion[];

  @Property({ description: 'What was read otherwise than it was written.', type: () => [ImportNormalisation] })
  normalisations: readonly ImportNormalisation[];
}

const list = { max: 100, pattern: LIST_PATTERN, optional: true };

const source = {
  description:
    'The copy of the file, such as a checkout: an import is merged against what was last exchanged with it. Left out, it is the only copy that you have.',
  min: 1,
  max: 200,
  pattern: /^[A-Za-z0-9][A-Za-z0-9._:@/-]*$/,
  patternMessage: 'source must be letters, digits and . _ : @ / -, and start with a letter or digit',
  optional: true,
};

export class ImportParameters extends ByKeyInTeam {
  @Text({ ...list, description: 'Import this list of the file only; a file without lists gets this name.' })
  list?: string;

  @Flag({
    description: 'Delete tasks that an earlier import brought, the file has no more, and nobody has changed since.',
    default: false,
    optional: true,
  })
  prune: boolean;

  @Flag({
    description: 'Create the project, which must not exist yet, in the same transaction. Its key is that of the path.',
    default: false,
    optional: true,
  })
  createProject: boolean;

  @Choice({
    description:
      'What becomes of a value that file and project have both changed since they were last exchanged. `refuse` keeps that of the project and reports it again the next time, `ours` keeps it for good, `theirs` takes that of the file.',
    values: resolutions,
    default: 'refuse',
    optional: true,
  })
  conflicts: Resolution;

  @Text(source)
  source?: string;
}

export class ExportParameters extends ByKeyInTeam {
  @Text({ ...list, description: 'Export this list only.' })
  list?: string;

  @Text(source)
  source?: string;
}
