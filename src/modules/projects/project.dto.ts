import { Described } from '../../platform/schema/description.js';
import { IsObject } from 'class-validator';
import { Custom, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { omit, partial, patchOf } from '../../platform/schema/mapped-types.js';
import { ProjectSettings } from './project-settings.dto.js';

/** A key must not look like an id, because a path accepts both. */
const PROJECT_KEY_NEW =
  /^(?![0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$)[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

@Described('A project of a team. Its tasks are numbered within its lists.')
export class Project {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Team that the project belongs to; its members see it.' })
  teamId: string;

  @Text({
    description: 'Public key, unique within the team; never changes and is never given twice.',
    max: 64,
    pattern: PROJECT_KEY_NEW,
    patternMessage: 'projectKey must be letters, digits, - and _, start with a letter or digit, and not be a UUID',
    filters: ['equal'],
    sortable: true,
    example: 'website',
  })
  projectKey: string;

  @Text({
    description: 'Name that people see.',
    min: 1,
    max: 255,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    filters: ['equal'],
    sortable: true,
    example: 'Website',
  })
  name: string;

  @Text({ description: 'What the project is about.', max: 100_000, nullable: true })
  description: string | null;

  @Custom(
    'json',
    {
      description: 'How the project works: what changes of a status do to other tasks, and what completes a task.',
      default: {},
    },
    { type: () => ProjectSettings, additionalProperties: true },
    [IsObject()],
  )
  settings: Record<string, unknown>;

  @JsonObject({ description: 'Data of your own; kept as it is.', default: {} })
  metadata: Record<string, unknown>;

  @Uuid({ description: 'User who created it.', nullable: true, readOnly: true, filters: ['equal'] })
  createdBy: string | null;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;
}

/** The fields that clients set. */
class ProjectContent extends omit(Project, [
  'id',
  'teamId',
  'projectKey',
  'createdBy',
  'version',
  'createdAt',
  'updatedAt',
] as const) {}

@Described('A change of a project: a JSON merge patch (RFC 7396), in which null resets a field.')
export class ProjectPatch extends patchOf(ProjectContent) {}

@Described('A project to create.')
export class NewProject extends partial(
  omit(Project, ['id', 'projectKey', 'name', 'createdBy', 'version', 'createdAt', 'updatedAt'] as const),
) {
  @Text({
    description: 'Public key, unique within the team; it cannot be changed later.',
    max: 64,
    pattern: PROJECT_KEY_NEW,
    patternMessage: 'projectKey must be letters, digits, - and _, start with a letter or digit, and not be a UUID',
    example: 'website',
  })
  projectKey: string;

  @Text({
    description: 'Name that people see.',
    min: 1,
    max: 255,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    example: 'Website',
  })
  name: string;
}

@Described('A list of tasks within a project (what tasks.json calls a tag).')
export class TaskList {
  @Text({ description: 'Name of the list.', max: 100, filters: ['equal'], sortable: true, example: 'master' })
  list: string;

  @Text({ description: 'Key of the project.', max: 64 })
  projectKey: string;

  @Uuid({ description: 'Team of the project.' })
  teamId: string;

  @Integer({ description: 'Place among the lists.', min: 0, max: 2_147_483_647, sortable: true })
  position: number;

  @Integer({
    description: 'Tasks in the list, subtasks included, deleted ones not.',
    min: 0,
    max: 2_147_483_647,
    sql: `(
      select count(*)::int
      from public.tasks k
      where k.team_id = t.team_id
        and k.project_key = t.project_key
        and k.list = t.list
        and k.deleted_at is null
    )`,
  })
  taskCount: number;

  @JsonObject({ description: 'Data of the list.' })
  metadata: Record<string, unknown>;

  @Timestamp({ description: 'When it was created.', sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed; numbering a new task is a change.', sortable: true })
  updatedAt: string;
}
