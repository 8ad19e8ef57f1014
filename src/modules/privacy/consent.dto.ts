import { Described } from '../../platform/schema/description.js';
import { Flag, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { pick } from '../../platform/schema/mapped-types.js';

const PURPOSE = {
  description: 'What the consent is for.',
  min: 1,
  max: 100,
  pattern: /^[a-z0-9][a-z0-9._-]*$/,
  patternMessage: 'purpose must be small letters, digits, dots, dashes and underscores',
} as const;

@Described('That a person gave or withdrew a consent. Entries are never changed; the newest of a purpose counts.')
export class Consent {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true })
  id: string;

  @Text({ ...PURPOSE, filters: ['equal'], sortable: true })
  purpose: string;

  @Text({
    description: 'Version of the text that was agreed to.',
    min: 1,
    max: 50,
    pattern: /\S/,
    patternMessage: 'version must not be blank',
    example: '2026-11',
  })
  version: string;

  @Flag({ description: 'Whether it was given; false when it was withdrawn.', readOnly: true, filters: ['equal'] })
  isGiven: boolean;

  @Timestamp({ description: 'When.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;
}

@Described('A consent to give.')
export class NewConsent extends pick(Consent, ['purpose', 'version'] as const) {}

/** The purpose in the path. */
export class ConsentAddress {
  @Text(PURPOSE)
  purpose: string;
}
