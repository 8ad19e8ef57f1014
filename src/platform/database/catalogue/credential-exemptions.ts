import type { Exemption } from './exemption.js';
import { WRITERS, granted } from './exemption.js';

/** Functions that know credentials, accounts and their owners. */
export const credentialExemptions: readonly Exemption[] = [
  {
    rule: 'R9',
    objects: [
      ...granted(['app.open_session(uuid, uuid, text, jsonb, text)'], ['tm_app_rw', 'tm_app_ro', 'tm_analytics']),
      ...granted(['app.find_api_key(bytea)', 'app.find_session(uuid)'], ['tm_app_rw', 'tm_app_ro']),
      'app.find_login(text) to tm_app_rw',
      'app.record_failed_login(uuid, integer, interval) to tm_app_rw',
      'app.start_session(uuid, bytea, interval, inet, text, text) to tm_app_rw',
      'app.rotate_session(bytea, bytea) to tm_app_rw',
      'app.exchange_refresh_token(bytea, bytea, bytea) to tm_app_rw',
      'app.end_session(bytea) to tm_app_rw',
      'app.start_external_session(text, text, text, text, boolean, bytea, timestamp with time zone, text) to tm_app_rw',
      'app.create_first_admin(text, text, text, text, bytea) to tm_app_rw',
      ...granted(['app.find_session_by_token(bytea)'], ['tm_app_rw', 'tm_app_ro']),
      'app.start_browser_session(uuid, bytea, inet, text) to tm_app_rw',
      'app.sign_up(text, text, text, text, bytea, text) to tm_app_rw',
      'app.find_mail_token(text, bytea) to tm_app_rw',
      'app.verify_email(bytea) to tm_app_rw',
      'app.reset_password(bytea, text, text) to tm_app_rw',
      'app.find_invite(bytea) to tm_app_rw',
      'app.accept_invite_as_new(bytea, text, text, text) to tm_app_rw',
    ],
    reason:
      'There is no session yet: these exchange a secret for one and answer nothing without it, or do nothing once there is a user.',
  },
  {
    rule: 'R9',
    objects: granted(
      ['app.set_own_password(text)', 'app.request_verification(bytea, text)', 'app.accept_invite(bytea)'],
      WRITERS,
    ),
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
];
