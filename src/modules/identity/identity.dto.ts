import { IsTimeZone } from 'class-validator';
import type { Language } from '../../platform/mail/mail.js';
import { LANGUAGES } from '../../platform/mail/mail.js';
import { Described } from '../../platform/schema/description.js';
import { Choice, Custom, EmailAddress, Flag, Text, TextList, Uuid } from '../../platform/schema/field.js';

export const PASSWORD_MIN = 10;
/** Longer input serves only to make the hash expensive. */
export const PASSWORD_MAX = 256;

@Described('The credentials of a login.')
export class Login {
  @Text({ description: 'E-mail address.', min: 1, max: 255, format: 'email', example: 'grace@example.com' })
  email: string;

  @Text({ description: 'Password of the user.', min: 1, max: PASSWORD_MAX, format: 'password' })
  password: string;

  @Text({
    description: 'Code of the authenticator app, or a recovery code, where the user has a second factor.',
    max: 40,
    optional: true,
  })
  code?: string;
}

const newPassword = {
  description: 'The new password. One that is easy to guess is refused.',
  min: PASSWORD_MIN,
  max: PASSWORD_MAX,
  format: 'password',
} as const;
/** No line breaks and no characters that turn the direction: names stand in mail and in lists of others. */
export const NAME =
  /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*[^\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff][^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;
const personName = {
  description: 'Name that other people see.',
  min: 1,
  max: 100,
  pattern: NAME,
  patternMessage: 'name must not be blank, nor hold line breaks or characters that change the direction',
  example: 'Grace Hopper',
} as const;
const language = { description: 'Language of mail: English or Persian.', values: LANGUAGES } as const;
const mailToken = { description: 'The token of the link in the mail. It works once.', min: 1, max: 200 } as const;

@Described('The account that somebody makes for themselves.')
export class SignUp {
  @EmailAddress({
    description: 'E-mail address to log in with. A mail with a link to verify it goes there.',
    example: 'grace@example.com',
  })
  email: string;

  @Text(newPassword)
  password: string;

  @Text(personName)
  name: string;

  @Choice({ ...language, default: 'en', optional: true })
  language?: Language;
}

@Described('The address of an account whose password is forgotten.')
export class ForgottenPassword {
  @EmailAddress({ description: 'E-mail address of the account.', example: 'grace@example.com' })
  email: string;
}

@Described('A new password, with the token that was mailed.')
export class PasswordReset {
  @Text(mailToken)
  token: string;

  @Text(newPassword)
  newPassword: string;
}

@Described('The token that verifies an e-mail address.')
export class EmailVerification {
  @Text(mailToken)
  token: string;
}

@Described('Your old password and the new one.')
export class PasswordChange {
  @Text({ description: 'The password that you have now.', min: 1, max: PASSWORD_MAX, format: 'password' })
  currentPassword: string;

  @Text(newPassword)
  newPassword: string;
}

@Described('A refresh token, to exchange or to revoke.')
export class RefreshToken {
  @Text({ description: 'Refresh token; each is used once.', min: 1, max: 200 })
  refreshToken: string;
}

@Described('A team that the user of the credential is a member of.')
export class OwnTeam {
  @Uuid({ description: 'Identifier of the team.' })
  id: string;

  @Text({ description: 'Name of the team.', max: 100 })
  name: string;

  @Text({ description: 'Your place in it: owner, admin or member.', max: 20 })
  role: string;
}

@Described('The user of the credential that made the request.')
export class Me {
  @Uuid({ description: 'Identifier (UUID); it never changes.' })
  id: string;

  @Text({ description: 'Name to log in with; unique in the service.', max: 100 })
  username: string;

  @Text({ description: 'E-mail address.', max: 255, format: 'email' })
  email: string;

  @Flag({ description: 'Whether you have shown that the address is yours.' })
  emailVerified: boolean;

  @Flag({ description: 'Whether your logins ask for a second factor.', sql: 'app.has_second_factor()' })
  secondFactor: boolean;

  @Text({ description: 'Name that other people see.', max: 100 })
  name: string;

  @Choice(language)
  language: Language;

  @Text({ description: 'IANA name of your time zone.', max: 64, example: 'Europe/Berlin' })
  timeZone: string;

  @Text({
    description: 'Name of the role.',
    max: 50,
    sql: '(select r.role_name from public.user_roles r where r.id = t.role_id)',
    example: 'developer',
  })
  role: string;

  @TextList({
    description: 'What this credential may do: the permissions of the role, narrowed by its scopes.',
    maxItems: 100,
    maxLength: 100,
    sql: `to_jsonb(nullif(current_setting('app.permissions', true), '')::text[])`,
    example: ['tasks:read', 'tasks:write'],
  })
  permissions: string[];

  @Custom(
    'json',
    {
      description: 'Teams, the personal one first.',
      sql: `(
      select coalesce(
        json_agg(
          json_build_object('id', team.id, 'name', team.name, 'role', m.role)
          order by team.is_personal desc, team.name, team.id
        ),
        '[]'
      )
      from public.team_members m
      join public.teams team on team.id = m.team_id
      where m.user_id = t.id
    )`,
    },
    { type: () => [OwnTeam] },
    [],
  )
  teams: OwnTeam[];

  @Uuid({
    description: 'The team that is meant when none is named; the personal one until another is chosen.',
    sql: 'app.default_team_id()',
  })
  defaultTeamId: string;
}

@Described('A change of your own settings: a JSON merge patch (RFC 7396).')
export class MePatch {
  @Uuid({
    description: 'A team of yours to be meant when none is named; null: the personal one.',
    nullable: true,
    optional: true,
  })
  defaultTeamId?: string | null;

  @Text({ ...personName, optional: true })
  name?: string;

  @Choice({ ...language, optional: true })
  language?: Language;

  @Custom(
    'text',
    { description: 'IANA name of your time zone.', example: 'Europe/Berlin', optional: true },
    { type: 'string', maxLength: 64 },
    [IsTimeZone({ message: 'timeZone must be an IANA name such as Europe/Berlin' })],
  )
  timeZone?: string;
}

@Described('A new pair of tokens.')
export class Tokens {
  @Text({ description: 'Access token, for 15 minutes: Authorization: Bearer.', max: 4096 })
  token: string;

  @Text({ description: 'Refresh token: gets the next pair, once, within seven days.', max: 200 })
  refreshToken: string;
}

@Described('The answer to a successful login.')
export class LoggedIn extends Tokens {
  @Custom('json', { description: 'Who signed in.' }, { type: () => Me }, [])
  user: Me;
}
