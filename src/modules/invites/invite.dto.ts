import type { Language } from '../../platform/mail/mail.js';
import { LANGUAGES } from '../../platform/mail/mail.js';
import { Described } from '../../platform/schema/description.js';
import { Choice, Custom, EmailAddress, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { Me, NAME, PASSWORD_MAX, PASSWORD_MIN } from '../identity/identity.dto.js';
import type { InvitedRole, InviteStatus } from './invite.values.js';
import { INVITED_ROLES, INVITE_STATUSES } from './invite.values.js';

@Described('An invitation to a team by e-mail, or, without a team, to the service.')
export class Invite {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'The team; null: only to the service.', nullable: true, readOnly: true, filters: ['equal'] })
  teamId: string | null;

  @Text({
    description: 'Address that is invited.',
    max: 255,
    format: 'email',
    readOnly: true,
    filters: ['equal'],
    sortable: true,
    example: 'grace@example.com',
  })
  email: string;

  @Choice({ description: 'Role in the team.', values: INVITED_ROLES, nullable: true, readOnly: true })
  role: InvitedRole | null;

  @Choice({
    description: 'What has become of it.',
    values: INVITE_STATUSES,
    readOnly: true,
    filters: ['equal'],
  })
  status: InviteStatus;

  @Uuid({ description: 'Who invited.', nullable: true, readOnly: true, filters: ['equal'] })
  createdBy: string | null;

  @Timestamp({ description: 'When its link expires.', readOnly: true })
  expiresAt: string;

  @Timestamp({ description: 'When the last mail was queued.', readOnly: true })
  sentAt: string;

  @Timestamp({ description: 'When it was accepted.', nullable: true, readOnly: true })
  acceptedAt: string | null;

  @Timestamp({ description: 'When it was revoked.', nullable: true, readOnly: true })
  revokedAt: string | null;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true })
  updatedAt: string;
}

@Described('An invitation to send.')
export class NewInvite {
  @EmailAddress({ description: 'Address to invite.', example: 'grace@example.com' })
  email: string;

  @Uuid({
    description: 'The team that the person joins. Only administrators leave it out, to invite to the service alone.',
    optional: true,
  })
  teamId?: string;

  @Choice({ description: 'Role in the team.', values: INVITED_ROLES, default: 'member', optional: true })
  role?: InvitedRole;

  @Text({
    description: 'Name of the role of the account that is made, if the address has none yet (administrators).',
    min: 1,
    max: 50,
    default: 'developer',
    optional: true,
  })
  userRole?: string;

  @Choice({ description: 'Language of the mail.', values: LANGUAGES, default: 'en', optional: true })
  language?: Language;
}

@Described('How to send an invitation again.')
export class InviteRenewal {
  @Choice({ description: 'Language of the mail.', values: LANGUAGES, default: 'en', optional: true })
  language?: Language;
}

@Described('The token of an invitation. Without a credential, also the account to make.')
export class InviteAcceptance {
  @Text({ description: 'The token of the link in the mail. It works once.', min: 1, max: 200 })
  token: string;

  @Text({
    description: 'Name that other people see. Only without a credential.',
    min: 1,
    max: 100,
    pattern: NAME,
    patternMessage: 'name must not be blank, nor hold line breaks or characters that change the direction',
    optional: true,
  })
  name?: string;

  @Text({
    description: 'Password of the new account. Only without a credential.',
    min: PASSWORD_MIN,
    max: PASSWORD_MAX,
    format: 'password',
    optional: true,
  })
  password?: string;

  @Choice({ description: 'Language of mail. Only without a credential.', values: LANGUAGES, optional: true })
  language?: Language;
}

@Described('The answer to an accepted invitation.')
export class AcceptedInvite {
  @Uuid({ description: 'The team that was joined; null: the invitation was to the service.', nullable: true })
  teamId: string | null;

  @Custom('json', { description: 'Who accepted.' }, { type: () => Me }, [])
  user: Me;

  @Text({ description: 'Access token of a new account; null when already signed in.', max: 4096, nullable: true })
  token: string | null;

  @Text({ description: 'Refresh token of a new account; null when already signed in.', max: 200, nullable: true })
  refreshToken: string | null;
}
