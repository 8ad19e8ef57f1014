import type { Exemption } from './exemption.js';
import { WRITERS, granted } from './exemption.js';

/** Functions for the accounts that people make and recover themselves. */
export const accountExemptions: readonly Exemption[] = [
  {
    rule: 'R9',
    objects: [
      ...granted(['app.find_session_by_token(bytea)'], ['tm_app_rw', 'tm_app_ro']),
      'app.start_browser_session(uuid, bytea, inet, text) to tm_app_rw',
      'app.end_browser_session(bytea) to tm_app_rw',
      'app.sign_up(text, text, text, text, bytea, text) to tm_app_rw',
      'app.find_mail_token(text, bytea) to tm_app_rw',
      'app.verify_email(bytea) to tm_app_rw',
      'app.has_imported_passwords() to tm_app_rw',
      'app.replace_imported_password(uuid, text, text) to tm_app_rw',
      'app.find_second_factor(uuid) to tm_app_rw',
      'app.use_second_factor(uuid, bigint, bytea) to tm_app_rw',
      'app.reset_password(bytea, text, text) to tm_app_rw',
      'app.find_invite(bytea) to tm_app_rw',
      'app.accept_invite_as_new(bytea, text, text, text) to tm_app_rw',
    ],
    reason:
      'There is no session yet: these exchange a secret for one and answer nothing without it, or do nothing once there is a user.',
  },
  {
    rule: 'R9',
    objects: granted(['app.request_verification(bytea, text)', 'app.accept_invite(bytea)'], WRITERS),
    reason:
      'They know no user but that of the session, whose password, verified address and memberships no policy lets anybody write.',
  },
  {
    rule: 'R9',
    objects: granted(['app.queue_job(text, text)'], [...WRITERS, 'tm_background']),
    reason: 'It adds one of two kinds of jobs, whose payload the worker refuses unless the service sealed it.',
  },
  {
    rule: 'R9',
    objects: granted(['app.export_person(text, integer, integer)'], ['tm_app_rw', 'tm_app_ro', 'tm_admin']),
    reason: 'It answers what the database holds of the user of the session, and refuses credentials with scopes.',
  },
  {
    rule: 'R9',
    objects: granted(['app.erase_person(uuid)', 'app.erasure_needs_password()'], WRITERS),
    reason:
      'They know the user of the session; only an administrator erases somebody else. No policy lets anybody delete users.',
  },
  {
    rule: 'R9',
    objects: ['app.start_password_reset(text, bytea) to tm_background'],
    reason: 'The job that mails the link looks the account up, so that no request can.',
  },
  {
    rule: 'R9',
    objects: [
      ...granted(
        [
          'app.start_second_factor(bytea)',
          'app.find_new_second_factor()',
          'app.confirm_second_factor(bigint)',
          'app.replace_recovery_codes(bytea[])',
          'app.remove_second_factor(uuid)',
        ],
        WRITERS,
      ),
      ...granted(['app.has_second_factor()'], ['tm_app_rw', 'tm_app_ro', 'tm_admin']),
    ],
    reason:
      'They know no user but that of the session; app.remove_second_factor lets administrators name another. No policy shows a secret.',
  },
];
