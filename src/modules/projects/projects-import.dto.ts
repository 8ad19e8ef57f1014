import { Property } from '../../platform/schema/property.js';
import { Flag, Integer, Text } from '../../platform/schema/field.js';
import { LIST_PATTERN } from '../tasks/task.dto.js';
import { ByKeyInTeam } from './project-address.js';

const MANY = 2_147_483_647;

/** A value that was changed while it was read. */
export class ImportNormalisation {
  @Text({ description: 'Where in the file.', max: 10_000, example: 'master.tasks[3].dependencies[0]' })
  path: string;

  @Text({ description: 'What was done.', max: 10_000 })
  message: string;

  @Text({ description: 'Stable code.', max: 100, example: 'DEPENDENCY_MISSING' })
  code: string;
}

/** The outcome of an import, or of its dry run. Every task of the file is counted once. */
export class ImportReport {
  @Integer({ description: 'Tasks that are new.', min: 0, max: MANY })
  created: number;

  @Integer({ description: 'Tasks that the file changed.', min: 0, max: MANY })
  updated: number;

  @Integer({ description: 'Tasks that are as the file says.', min: 0, max: MANY })
  unchanged: number;

  @Integer({ description: 'Tasks of an earlier import that the file has no more; only with prune.', min: 0, max: MANY })
  deleted: number;

  @Property({ description: 'What was read otherwise than it was written.', type: () => [ImportNormalisation] })
  normalisations: readonly ImportNormalisation[];
}

const list = { max: 100, pattern: LIST_PATTERN, optional: true };

export class ImportParameters extends ByKeyInTeam {
  @Text({ ...list, description: 'Import this list of the file only; a file without lists gets this name.' })
  list?: string;

  @Flag({
    description: 'Delete tasks that an earlier import brought and the file has no more.',
    default: false,
    optional: true,
  })
  prune: boolean;
}

export class ExportParameters extends ByKeyInTeam {
  @Text({ ...list, description: 'Export this list only.' })
  list?: string;
}
