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
      'app.end_browser_session(bytea) to tm_app_rw',
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
    objects: [
      ...granted(['app.find_oauth_session(bytea)'], ['tm_app_rw', 'tm_app_ro']),
      ...granted(
        [
          'app.save_oauth_record(text, bytea, bytea, uuid, bytea, timestamp with time zone, boolean)',
          'app.find_oauth_record(text, bytea, boolean)',
          'app.consume_oauth_record(text, bytea)',
          'app.settle_oauth_record(text, bytea)',
          'app.delete_oauth_record(text, bytea)',
          'app.find_oauth_grant(uuid)',
          'app.revoke_oauth_grant(uuid)',
          'app.start_oauth_session(bytea, uuid, jsonb, text, timestamp with time zone, inet, text)',
          'app.end_oauth_session(bytea)',
        ],
        ['tm_app_rw'],
      ),
    ],
    reason:
      'Clients of OAuth have no session: these know a record by the hash of its secret and a grant by its random id, and reach no further than what its user has allowed.',
  },
  {
    rule: 'R14',
    objects: ['public.oauth_records.oauth_records_pkey', 'public.oauth_records.oauth_records_lookup_key'],
    reason: 'Hashes of secrets that nobody can guess, which only functions look up.',
  },
  {
    rule: 'R13',
    objects: ['public.oauth_records.oauth_records_grant_id_fkey'],
    reason: 'Only functions write it, with the random id of a grant that they have checked.',
  },
  {
    rule: 'R24',
    objects: ['public.oauth_records'],
    reason:
      'Sealed steps of a protocol, which nobody reads. What a user has allowed is in the trail of oauth_grants, each access token in that of sessions.',
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
    objects: ['app.start_password_reset(text, bytea) to tm_background'],
    reason: 'The job that mails the link looks the account up, so that no request can.',
  },
];
