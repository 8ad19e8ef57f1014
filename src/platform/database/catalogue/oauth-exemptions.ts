import type { Exemption } from './exemption.js';
import { granted } from './exemption.js';

/** What the authorization server of OAuth keeps. */
export const oauthExemptions: readonly Exemption[] = [
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
];
