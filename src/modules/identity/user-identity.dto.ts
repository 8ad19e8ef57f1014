import { ById } from '../../platform/operations/by-id.js';
import { Described } from '../../platform/schema/description.js';
import { Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { pick } from '../../platform/schema/mapped-types.js';

/** A loopback address may use plain HTTP: no network lies in between. */
const ISSUER = /^(?:https:\/\/[^\s?#]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:\/[^\s?#]*)?)$/;
/** Printable ASCII, as OpenID Connect Core 1.0 section 2 limits `sub`; blanks at an end are typing errors. */
const SUBJECT = /^[!-~](?:[ -~]*[!-~])?$/;

@Described('The subject by which another issuer, such as Cloudflare Access, knows a user.')
export class UserIdentity {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'The user whom the issuer knows.', readOnly: true })
  userId: string;

  @Text({
    description: 'The issuer: the `iss` of its tokens.',
    min: 1,
    max: 255,
    pattern: ISSUER,
    patternMessage: 'issuer must be an https:// URL without a query (http:// only for a loopback address)',
    filters: ['equal'],
    example: 'https://example.cloudflareaccess.com',
  })
  issuer: string;

  @Text({
    description: 'What the issuer calls the user: the `sub` of a person, `service-token:CLIENT_ID` of a service token.',
    min: 1,
    max: 255,
    pattern: SUBJECT,
    patternMessage: 'subject must be printable ASCII without blanks at its ends',
    filters: ['equal'],
    example: 'service-token:88bf3b6d86161464f6509f7219099e57.access',
  })
  subject: string;

  @Text({
    description: 'The address that the issuer stated at the first sign-in; null for an identity that an admin linked.',
    max: 255,
    nullable: true,
    readOnly: true,
  })
  email: string | null;

  @Timestamp({ description: 'When the identity was linked.', readOnly: true, sortable: true })
  createdAt: string;
}

@Described('An identity to link with a user.')
export class NewUserIdentity extends pick(UserIdentity, ['subject'] as const) {
  @Text({
    description: 'The issuer; the configured team of Cloudflare Access by default.',
    min: 1,
    max: 255,
    pattern: ISSUER,
    patternMessage: 'issuer must be an https:// URL without a query (http:// only for a loopback address)',
    optional: true,
    example: 'https://example.cloudflareaccess.com',
  })
  issuer?: string;
}

export class UserIdentityAddress extends ById {
  @Uuid({ description: 'Identifier of the identity.' })
  identityId: string;
}
