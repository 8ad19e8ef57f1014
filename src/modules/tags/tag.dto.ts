import { Described } from '../../platform/schema/description.js';
import { Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { patchOf, pick } from '../../platform/schema/mapped-types.js';

const COLOR = {
  description: 'Colour that it is shown in, as `#rrggbb`.',
  max: 7,
  pattern: /^#[0-9a-fA-F]{6}$/,
  patternMessage: 'color must be #rrggbb',
  nullable: true,
  example: '#d73a4a',
} as const;

@Described(
  'A label that a team agreed on, with the colour that it is shown in. Tasks hold their labels as texts (`tags`).',
)
export class Tag {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Team that uses it; its members see it.', filters: ['equal'] })
  teamId: string;

  @Text({
    description: 'The label, unique in the team regardless of case.',
    min: 1,
    max: 50,
    pattern: /^\S(.*\S)?$/s,
    patternMessage: 'name must not be blank, nor begin or end with a space',
    filters: ['equal'],
    sortable: true,
    example: 'urgent',
  })
  name: string;

  @Text(COLOR)
  color: string | null;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described('A change of a tag: a JSON merge patch (RFC 7396), in which null resets a field.')
export class TagPatch extends patchOf(pick(Tag, ['name', 'color'] as const)) {}

@Described('A tag to create.')
export class NewTag extends pick(Tag, ['name'] as const) {
  @Uuid({ description: 'Team; defaults to your default team.', optional: true })
  teamId?: string;

  @Text({ ...COLOR, optional: true })
  color?: string | null;
}
